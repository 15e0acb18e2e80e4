"""The event log: who reacts, once, in order, and what happens when it goes wrong."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from core.enums import DeliveryState, Queue
from core.events import Dead, Event, Ignore, Retry, publish, subscribe
from core.events.claims import QUARANTINE_AFTER, claim
from core.events.outcome import LeaseLost, finish
from core.events.replay import replay, replay_all, replayable
from core.events.subscriptions import SUBSCRIBERS, sync_subscriptions
from core.events.worker import deliver, work_off
from core.models import Delivery
from core.models import Event as EventRow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hears() -> Iterator[Callable[..., list[Event]]]:
    """Subscribe a function for the length of a test; answers with the events it heard."""
    names: list[str] = []

    def listen(
        event_type: str, react: Callable[[Event], object] | None = None, **options: object
    ) -> list[Event]:
        heard: list[Event] = []

        def subscriber(event: Event) -> object:
            heard.append(event)
            return react(event) if react else None

        subscriber.__name__ = f"test_subscriber_{len(names)}"
        subscribe(event_type, **options)(subscriber)  # type: ignore[arg-type]
        names.append(f"core.{subscriber.__name__}")
        sync_subscriptions()
        return heard

    yield listen
    for name in names:
        SUBSCRIBERS.pop(name, None)
    sync_subscriptions()


def announce(subject: str = "", kind: str = "test.happened") -> int:
    with transaction.atomic():
        return publish(type=kind, subject=subject, data={"n": 1})


@transaction.atomic
def delivery_of(event_id: int) -> Delivery:
    return Delivery.objects.get(event_id=event_id)


def state_of(event_id: int) -> str:
    return delivery_of(event_id).state


@transaction.atomic
def events_of(kind: str) -> list[EventRow]:
    return list(EventRow.objects.filter(type=kind))


@transaction.atomic
def make_due() -> None:
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")


def test_an_event_reaches_its_subscriber_once(hears: Callable[..., list[Event]]) -> None:
    heard = hears("test.happened")
    event_id = announce()
    assert work_off(Queue.DEFAULT) == 1
    assert work_off(Queue.DEFAULT) == 0
    assert [event.id for event in heard] == [event_id]
    assert state_of(event_id) == DeliveryState.DONE


def test_an_event_written_by_raw_sql_reaches_it_too(hears: Callable[..., list[Event]]) -> None:
    heard = hears("test.happened")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_event (type, source, subject, data, headers, request_id) "
            "VALUES ('test.happened', 'tradewind', '', '{}', '{}', '')"
        )
    work_off(Queue.DEFAULT)
    assert len(heard) == 1


def test_an_event_of_a_rolled_back_transaction_never_happened(
    hears: Callable[..., list[Event]],
) -> None:
    hears("test.happened")
    with transaction.atomic():
        publish(type="test.happened", subject="", data={})
        transaction.set_rollback(True)
    assert events_of("test.happened") == []


def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        publish(type="test.happened", subject="", data={})


def test_the_same_dedupe_key_is_one_event(hears: Callable[..., list[Event]]) -> None:
    heard = hears("test.happened")
    with transaction.atomic():
        first = publish(type="test.happened", subject="", data={}, dedupe_key="k")
        second = publish(type="test.happened", subject="", data={}, dedupe_key="k")
    work_off(Queue.DEFAULT)
    assert first == second
    assert len(heard) == 1
    assert [event.duplicates for event in events_of("test.happened")] == [1]


def test_the_effect_and_done_are_rolled_back_together(hears: Callable[..., list[Event]]) -> None:
    def half_done(event: Event) -> None:
        publish(type="test.effect", subject="", data={})
        raise RuntimeError("the second half failed")

    hears("test.happened", half_done)
    event_id = announce()
    work_off(Queue.DEFAULT)
    assert events_of("test.effect") == []
    delivery = delivery_of(event_id)
    assert delivery.state == DeliveryState.READY
    assert "the second half failed" in delivery.last_error


def test_a_zombie_cannot_write(hears: Callable[..., list[Event]]) -> None:
    """A worker whose lease passed to another rolls its effect back."""

    def slow(event: Event) -> None:
        publish(type="test.effect", subject="", data={"attempt": event.attempt})
        if event.attempt == 1:  # meanwhile the lease ran out and another worker took over
            Delivery.objects.filter(pk=event.delivery_id).update(due_at="2020-01-01T00:00:00Z")
            with connection.cursor() as cursor:
                cursor.execute("UPDATE core_delivery SET lease_token = lease_token + 1")

    hears("test.happened", slow)
    announce()
    work_off(Queue.DEFAULT, batch=1)
    assert events_of("test.effect") == []


def test_a_lease_that_ran_out_is_taken_over_and_the_old_token_is_worthless(
    hears: Callable[..., list[Event]],
) -> None:
    hears("test.happened")
    announce()
    with transaction.atomic():
        (first,) = claim(Queue.DEFAULT, limit=10, worker="one")
        assert claim(Queue.DEFAULT, limit=10, worker="two") == []
    make_due()
    with transaction.atomic():
        (second,) = claim(Queue.DEFAULT, limit=10, worker="two")
    assert second.token > first.token
    with pytest.raises(LeaseLost), transaction.atomic():
        finish(first, DeliveryState.DONE, milliseconds=1)
    with transaction.atomic():
        finish(second, DeliveryState.DONE, milliseconds=1)


def test_deliveries_of_one_subject_run_in_order_and_a_failing_one_holds_the_next_back(
    hears: Callable[..., list[Event]],
) -> None:
    failing = {"on": True}

    def react(event: Event) -> None:
        if event.id == first and failing["on"]:
            raise Retry("not yet", after=60)

    heard = hears("test.happened", react)
    first, second, other = announce("order:1"), announce("order:1"), announce("order:2")
    work_off(Queue.DEFAULT)
    assert [event.id for event in heard] == [first, other]
    failing["on"] = False
    make_due()
    work_off(Queue.DEFAULT)
    assert [event.id for event in heard][2:] == [first, second]


def test_a_failure_is_tried_again_later_and_dies_after_its_attempts(
    hears: Callable[..., list[Event]],
) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError("boom")

    heard = hears("test.happened", fail, max_attempts=3)
    event_id = announce()
    for _ in range(5):
        make_due()
        work_off(Queue.DEFAULT)
    assert len(heard) == 3
    assert state_of(event_id) == DeliveryState.DEAD


def test_ignore_and_dead_close_at_once_with_their_reason(
    hears: Callable[..., list[Event]],
) -> None:
    def ignore(event: Event) -> None:
        raise Ignore("not ours")

    def die(event: Event) -> None:
        raise Dead("no such plan")

    hears("test.ignored", ignore)
    hears("test.dead", die)
    ignored, dead = announce(kind="test.ignored"), announce(kind="test.dead")
    work_off(Queue.DEFAULT)
    assert state_of(ignored) == DeliveryState.IGNORED
    assert delivery_of(dead).last_error == "no such plan"


def test_a_row_that_kills_its_worker_is_quarantined_and_its_neighbours_are_not(
    hears: Callable[..., list[Event]],
) -> None:
    heard = hears("test.happened")
    killer, neighbour = announce(), announce()
    with transaction.atomic():
        assert len(claim(Queue.DEFAULT, limit=10, worker="dies")) == 2
    for _ in range(QUARANTINE_AFTER):
        make_due()
        with transaction.atomic():
            alone = claim(Queue.DEFAULT, limit=10, worker="dies again")
        assert len([c for c in alone if c.lost_leases > 1]) <= 1
        for claimed in alone:
            if claimed.event.id == neighbour:
                deliver(claimed)
    make_due()
    work_off(Queue.DEFAULT)
    make_due()
    work_off(Queue.DEFAULT)
    assert [event.id for event in heard] == [neighbour]
    assert state_of(neighbour) == DeliveryState.DONE
    delivery = delivery_of(killer)
    assert delivery.state == DeliveryState.DEAD
    assert "Quarantined" in delivery.last_error


def test_an_outside_subscriber_runs_without_a_transaction_and_its_effect_commits_with_done(
    hears: Callable[..., list[Event]],
) -> None:
    in_transaction: list[bool] = []

    def call_out(event: Event) -> Callable[[], None]:
        in_transaction.append(connection.in_atomic_block)

        def effect() -> None:
            publish(type="test.effect", subject="", data={"key": event.idempotency_key})

        return effect

    hears("test.happened", call_out, outside=True)
    event_id = announce()
    work_off(Queue.DEFAULT)
    assert in_transaction == [False]
    assert len(events_of("test.effect")) == 1
    assert state_of(event_id) == DeliveryState.DONE


def test_replay_revives_dead_letters_and_leaves_done_ones_alone(
    hears: Callable[..., list[Event]],
) -> None:
    broken = {"on": True}

    def react(event: Event) -> None:
        if broken["on"]:
            raise Dead("broken")

    heard = hears("test.happened", react)
    dead = announce()
    work_off(Queue.DEFAULT)
    broken["on"] = False
    done = announce()
    work_off(Queue.DEFAULT)
    with transaction.atomic():
        assert replay(deliveries=replayable(), by="tests") == 1
        assert replay(deliveries=Delivery.objects.filter(event_id=done), by="tests") == 0
    work_off(Queue.DEFAULT)
    assert [event.id for event in heard] == [dead, done, dead]
    assert state_of(dead) == DeliveryState.DONE


def test_many_dead_letters_are_replayed_in_batches_each_once(
    hears: Callable[..., list[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def react(event: Event) -> None:
        raise Dead("still broken")

    heard = hears("test.happened", react)
    dead = [announce() for _ in range(5)]
    work_off(Queue.DEFAULT)
    monkeypatch.setattr("core.events.replay.BATCH", 2)
    taken = []
    for count in replay_all(deliveries=replayable(), by="tests"):
        taken.append(count)
        work_off(Queue.DEFAULT)  # they die again while the rest is still to be replayed
    assert taken == [2, 2, 1]
    assert sorted(event.id for event in heard) == sorted(dead * 2)


def test_a_closed_delivery_of_an_unknown_subscriber_is_ignored_not_lost(
    hears: Callable[..., list[Event]],
) -> None:
    hears("test.happened")
    event_id = announce()
    SUBSCRIBERS.pop("core.test_subscriber_0")
    work_off(Queue.DEFAULT)
    assert state_of(event_id) == DeliveryState.IGNORED


def test_what_can_wait_lets_go_after_a_batch_while_money_is_due(
    hears: Callable[..., list[Event]],
) -> None:
    mail, money = hears("test.mail"), hears("test.money", queue="money")
    for _ in range(3):
        announce(kind="test.mail")
    assert work_off(Queue.DEFAULT, batch=1) == 3
    for _ in range(3):
        announce(kind="test.mail")
    announce(kind="test.money")
    assert work_off(Queue.DEFAULT, batch=1) == 1
    assert work_off(Queue.MONEY) == 1
    assert (len(mail), len(money)) == (4, 1)


def test_of_long_work_a_few_are_taken_at_once(hears: Callable[..., list[Event]]) -> None:
    bulk = hears("test.bulk", queue="bulk")
    hears("test.money", queue="money")
    for _ in range(12):
        announce(kind="test.bulk")
    announce(kind="test.money")
    work_off(Queue.BULK)
    assert len(bulk) == 5, "one of them may be five hundred pushes: money waits for no fifty"
