"""The webhook, the returning payer and staff at the same moment: one of everything."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.events.event import Event as Arrived
from core.identity import acting_as_system
from core.models import Event
from payments.enums import PaymentStatus
from payments.locks import lock_attempt
from payments.models import Payment, PaymentAttempt, PaymentEvent
from payments.services import settle as settle_module
from payments.services.arrivals import effect_of
from payments.services.start import submit_payment
from payments.services.verify import verify_payment
from payments.tests.house import House, booked, wrapped
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def house(stripe_keys: RunningRehearsal, client, transactional_db) -> House:
    return House(stripe_keys, client)


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, as the house; what each returned or raised."""
    ready = threading.Barrier(len(work))
    results: list[Any] = [None] * len(work)

    def run(at: int) -> None:
        try:
            with acting_as_system("tests"):
                ready.wait(10)
                results[at] = work[at]()
        except Exception as error:
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def reacting(body: bytes, kind: str) -> Callable[[], None]:
    """What a worker does with an arrived event."""
    event = Arrived(1, kind, "stripe", "", {}, body, {}, None, datetime.now(UTC))

    def react() -> None:
        effect = effect_of(event)
        with transaction.atomic():
            effect()

    return react


def paid_at_stripe(house: House) -> tuple[Payment, list[Callable[[], Any]]]:
    """A payment nobody has told us of yet, and everybody who is about to."""
    payment = house.submitted()
    house.stripe.pay(house.session_of(payment))
    events = {event["type"]: event["data"]["object"] for event in house.events()}
    workers = [
        reacting(wrapped(kind, events[kind]), f"stripe.{kind}")
        for kind in ("checkout.session.completed", "payment_intent.succeeded")
    ]
    return payment, [*workers, lambda: verify_payment(reference=payment.reference)]


def times_announced(payment: Payment) -> int:
    """How often somebody found it unpaid and said that it is paid now."""
    news = Event.objects.get(subject=f"payment:{payment.pk}", type="payment.succeeded")
    return 1 + news.duplicates


def test_webhooks_and_returning_payers_at_once_make_one_of_everything(house: House) -> None:
    for _ in range(3):
        payment, callers = paid_at_stripe(house)
        results = at_once(*(callers[n % len(callers)] for n in range(THREADS)))
        assert not [one for one in results if isinstance(one, Exception)]
        with transaction.atomic():
            payment.refresh_from_db()
            assert payment.status == PaymentStatus.SUCCESS
            assert booked(payment) == 1
            assert booked(payment, "gateway_fee") <= 1, "webhooks alone do not tell it"
            assert (
                PaymentEvent.objects.filter(attempt__payment=payment, type="captured").count() == 1
            )
            assert times_announced(payment) == 1
        house.work()  # who hears of it asks for the fee, if nobody did
        with transaction.atomic():
            assert booked(payment, "gateway_fee") == 1


def test_control_without_the_locks_they_run_into_each_other(house: House, monkeypatch) -> None:
    """The test above can fail: unlocked, all of them find the payment unpaid at the same time."""
    meeting = threading.Barrier(THREADS)

    def unlocked(attempt_id) -> tuple[Payment, PaymentAttempt]:
        attempt = PaymentAttempt.objects.select_related("payment").get(pk=attempt_id)
        meeting.wait(20)
        return attempt.payment, attempt

    payment, callers = paid_at_stripe(house)
    monkeypatch.setattr(settle_module, "lock_attempt", unlocked)
    at_once(*(callers[n % len(callers)] for n in range(THREADS)))
    with transaction.atomic():
        assert times_announced(payment) > 1
        assert booked(payment) == 1  # and still the unique keys hold books and news


def test_submitting_at_once_opens_one_page(house: House) -> None:
    with transaction.atomic():
        payment = house.opened()
    results = at_once(*[lambda: submit_payment(payment_id=payment.pk)] * THREADS)
    urls = {one.authorization_url for one in results if isinstance(one, Payment)}
    assert len(urls) == 1
    assert not [one for one in results if isinstance(one, IntegrityError)]
    sessions = house.stripe.http.get("/stripe/v1/checkout/sessions", auth=("sk_test_x", ""))
    assert len(sessions.json()["data"]) == 1


def test_locks_are_taken_payment_first(house: House) -> None:
    """Two callers that lock in different order would wait for each other for ever."""
    payment = house.submitted()
    with transaction.atomic():
        attempt_id = payment.attempts.get().pk

    def lock() -> None:
        with transaction.atomic():
            lock_attempt(attempt_id)

    assert at_once(*[lock] * THREADS) == [None] * THREADS
