"""Several people give the same money back at the same moment."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from core.errors import Conflict
from core.money import Money
from payments.models import Payment, Refund
from payments.services.refunds import execute_refund, request_refund, requesting
from payments.services.verify import verify_payment
from payments.tests.house import House
from payments.tests.test_at_once import at_once
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6
MOST = Money(3000, "EUR")  # of 42.50: twice is too much


@pytest.fixture
def house(stripe_keys: RunningRehearsal, client, transactional_db) -> House:
    return House(stripe_keys, client)


def paid(house: House) -> Payment:
    payment = house.submitted()
    house.stripe.pay(house.session_of(payment))
    return verify_payment(reference=payment.reference)


def asked(payment: Payment) -> Refund:
    return request_refund(
        payment_id=payment.pk, amount=MOST, reason="Broken.", requested_by=uuid4()
    )


def refunds_of(payment: Payment) -> int:
    with transaction.atomic():
        return Refund.objects.filter(payment=payment).count()


def test_of_many_at_once_only_what_is_left_is_given_back(house: House) -> None:
    payment = paid(house)
    results = at_once(*[lambda: asked(payment)] * THREADS)
    assert sum(isinstance(one, Refund) for one in results) == 1
    assert sum(isinstance(one, Conflict) for one in results) == THREADS - 1
    assert refunds_of(payment) == 1


def test_control_without_the_lock_the_database_alone_refuses(house: House, monkeypatch) -> None:
    """The test above can fail: unlocked, all of them find enough left. The trigger still holds."""
    meeting = threading.Barrier(THREADS)

    def unlocked(payment_id) -> Payment:
        return Payment.objects.get(pk=payment_id)

    def counted(payment, amount):
        found = room(payment, amount)
        meeting.wait(20)
        return found

    payment = paid(house)
    room = requesting.room.attempt_with_room
    monkeypatch.setattr(requesting, "lock_payment", unlocked)
    monkeypatch.setattr(requesting.room, "attempt_with_room", counted)
    results = at_once(*[lambda: asked(payment)] * THREADS)
    assert sum(isinstance(one, Refund) for one in results) == 1
    refused = [one for one in results if isinstance(one, IntegrityError)]
    assert len(refused) == THREADS - 1
    assert all("more than is left" in str(one) for one in refused)
    assert refunds_of(payment) == 1


def test_handed_over_by_many_at_once_it_is_one_refund_at_stripe(house: House) -> None:
    payment = paid(house)
    refund = asked(payment)
    at_once(*[lambda: execute_refund(refund_id=refund.pk)] * THREADS)
    assert [one["amount"] for one in house.stripe.stripe_book()["refunds"]] == [3000]
