"""What nobody asked for by name is kept for whoever keeps the rest of a sender."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from core.enums import DeliveryState, Queue
from core.events import Event, Ignore, publish, subscribe
from core.events.subscriptions import SUBSCRIBERS, queues_of, sync_subscriptions
from core.events.worker import work_off
from core.intake.rows import ARRIVE, Row, parameters
from core.models import Delivery
from core.tests.intake_helpers import new_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def ears() -> Iterator[list[str]]:
    """One subscriber that knows one type, one that keeps the rest; what each heard."""
    heard: list[str] = []

    def test_known(event: Event) -> None:
        heard.append(f"known {event.type}")

    def test_rest(event: Event) -> None:
        raise Ignore(f"{event.type} is kept.")

    subscribe("test.known", queue="money")(test_known)
    subscribe("test.*", queue="bulk")(test_rest)
    sync_subscriptions()
    yield heard
    for name in ("core.test_known", "core.test_rest"):
        SUBSCRIBERS.pop(name)
    sync_subscriptions()


def arrives(*types: str) -> None:
    rows = [Row("test", new_key(), kind, "", b"{}", "{}") for kind in types]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ARRIVE, parameters(rows))


def told() -> list[tuple[str, str]]:
    found = Delivery.objects.filter(event__source="test").order_by("id")
    return list(found.values_list("event__type", "subscriber"))


def test_each_event_of_one_batch_goes_where_it_belongs(ears: list[str]) -> None:
    arrives("test.known", "test.new", "test.known", "test.other")
    assert sorted(told()) == [
        ("test.known", "core.test_known"),
        ("test.known", "core.test_known"),
        ("test.new", "core.test_rest"),
        ("test.other", "core.test_rest"),
    ]


def test_what_nobody_knows_is_marked_ignored_with_the_reason(ears: list[str]) -> None:
    arrives("test.new", "test.known")
    work_off(Queue.BULK)
    work_off(Queue.MONEY)
    kept = Delivery.objects.get(event__type="test.new")
    assert (kept.state, kept.last_error) == (DeliveryState.IGNORED, "test.new is kept.")
    assert ears == ["known test.known"]


def test_the_bell_rings_for_whoever_the_database_will_tell(ears: list[str]) -> None:
    assert queues_of("test.known") == {Queue.MONEY}
    assert queues_of("test.new") == {Queue.BULK}
    assert queues_of("nobody.new") == set()


def test_news_of_ours_has_no_rest(ears: list[str]) -> None:
    subscribe("tradewind.*", queue="bulk")(SUBSCRIBERS["core.test_rest"].handler)
    sync_subscriptions()
    event_id = publish(type="test.unheard", subject="", data={})
    assert not Delivery.objects.filter(event_id=event_id).exists()
