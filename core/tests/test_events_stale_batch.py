"""A worker that was held up does not react to what another worker took over meanwhile."""

import time
from collections.abc import Iterator

import pytest
from django.db import transaction

from core.enums import DeliveryState, Queue
from core.events import Event, heartbeat, publish, subscribe
from core.events.claims import claim
from core.events.subscriptions import SUBSCRIBERS, sync_subscriptions
from core.events.worker import work_off
from core.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Ids of events that a subscriber heard; it is held up by the first one of them."""
    ids: list[int] = []

    @subscribe("test.slow", outside=True)
    def held_up(event: Event) -> None:
        ids.append(event.id)
        if len(ids) == 1:
            _another_worker_takes_the_rest(event.delivery_id)
            time.sleep(0.3)

    sync_subscriptions()
    yield ids
    SUBSCRIBERS.pop("core.held_up")
    sync_subscriptions()


@transaction.atomic
def _another_worker_takes_the_rest(delivery_id: int) -> None:
    Delivery.objects.exclude(pk=delivery_id).update(due_at="2020-01-01T00:00:00Z")
    claim(Queue.DEFAULT, limit=10, worker="another")


def test_a_delivery_that_passed_to_another_worker_is_left_to_it(
    heard: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "LEASE_SECONDS", 0.06)  # of this worker's clock only
    with transaction.atomic():
        first = publish(type="test.slow", subject="a", data={})
        publish(type="test.slow", subject="b", data={})
    work_off(Queue.DEFAULT)
    assert heard == [first]
    with transaction.atomic():
        held = Delivery.objects.exclude(event_id=first).get()
    assert (held.state, held.worker) == (DeliveryState.LEASED, "another")


def test_an_error_that_quotes_a_nul_is_written_down() -> None:
    @subscribe("test.nul")
    def quotes(event: Event) -> None:
        raise RuntimeError("they sent \x00 and \udcff")

    sync_subscriptions()
    try:
        with transaction.atomic():
            publish(type="test.nul", subject="", data={})
        assert work_off(Queue.DEFAULT) == 1
        with transaction.atomic():
            assert "they sent " in Delivery.objects.get().last_error
    finally:
        SUBSCRIBERS.pop("core.quotes")
        sync_subscriptions()
