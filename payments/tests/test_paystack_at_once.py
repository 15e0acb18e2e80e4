"""Paystack's news, the returning payer and a second click at the same moment: one of everything."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import UpstreamUnavailable
from core.events.event import Event as Arrived
from payments.enums import AttemptState, PaymentStatus
from payments.models import Payment, PaymentEvent
from payments.services.arrivals import effect_of
from payments.services.start import submit_payment
from payments.services.verify import verify_payment
from payments.tests.house import booked
from payments.tests.paystack_house import PaystackHouse, told
from payments.tests.test_at_once import THREADS, at_once, times_announced

pytestmark = pytest.mark.django_db(transaction=True)


def reacting(kind: str, data: Any) -> Callable[[], None]:
    """What a worker does with an arrived event."""
    event = Arrived(
        1, f"paystack.{kind}", "paystack", "", {}, told(kind, data), {}, None, datetime.now(UTC)
    )

    def react() -> None:
        effect = effect_of(event)
        with transaction.atomic():
            effect()

    return react


def test_repeated_news_and_returning_payers_at_once_make_one_of_everything(
    paystack: PaystackHouse,
) -> None:
    for _ in range(3):
        payment = paystack.submitted()
        failed = paystack.there.paystack(paystack.page_of(payment), "fail")
        paystack.there.paystack(paystack.page_of(payment))
        callers = [
            reacting("charge.success", paystack.transaction(payment)),
            reacting("charge.failed", failed),
            lambda reference=payment.reference: verify_payment(reference=reference),
        ]
        results = at_once(*(callers[n % len(callers)] for n in range(THREADS)))
        assert not [one for one in results if isinstance(one, Exception)]
        with transaction.atomic():
            payment.refresh_from_db()
            assert payment.status == PaymentStatus.SUCCESS
            assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
            captured = PaymentEvent.objects.filter(attempt__payment=payment, type="captured")
            assert captured.count() == 1
            assert times_announced(payment) == 1


def test_submitting_at_once_opens_one_page(paystack: PaystackHouse) -> None:
    with transaction.atomic():
        payment = paystack.opened()
    results = at_once(*[lambda: submit_payment(payment_id=payment.pk)] * THREADS)
    opened = [one for one in results if isinstance(one, Payment)]
    told_to_wait = [one for one in results if isinstance(one, UpstreamUnavailable)]
    assert len(opened) + len(told_to_wait) == THREADS
    assert not [one for one in results if isinstance(one, IntegrityError)]
    assert len({one.authorization_url for one in opened}) == 1
    with transaction.atomic():
        assert [a.state for a in payment.attempts.all()] == [AttemptState.SUBMITTED]
        again = submit_payment(payment_id=payment.pk)
    assert again.authorization_url == opened[0].authorization_url
    assert len(paystack.api("/transaction")) == 1
