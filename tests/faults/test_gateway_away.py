"""A gateway that hangs, fails, or answers nothing after doing the work: nothing is doubled, nothing
is lost, and whoever waits has a sentence within ten seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from core.enums import Queue
from core.events.worker import work_off
from core.money import Money
from payments.enums import PaymentStatus, RefundState
from payments.gateways.paystack import client as paystack_client
from payments.gateways.razorpay import transport as razorpay_transport
from payments.gateways.stripe import transport as stripe_transport
from payments.models import LedgerTransaction, Payment, PaymentAttempt, Receipt, Refund
from payments.services.books.balances import balances, trial_balance
from payments.services.refunds import execute_refund, follow_up, request_refund
from payments.services.verify import verify_payment
from rehearsal.testing import RunningRehearsal
from tests.faults.sides import SIDES, Side

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

LONGEST_SECONDS = 10.0
FAULTS: dict[str, dict[str, Any]] = {
    "hangs": {"kind": "hang", "seconds": 60},
    "fails": {"kind": "status", "status": 500},
    "fails after doing the work": {"kind": "status", "status": 500, "work": True},
    "loses the answer": {"kind": "lost_answer"},
}
BREAKERS = [stripe_transport, razorpay_transport, paystack_client]
KEYS = {"stripe": "stripe_keys", "razorpay": "razorpay_keys", "paystack": "paystack"}


@pytest.fixture(params=list(SIDES))
def side(request: pytest.FixtureRequest) -> Side:
    request.getfixturevalue(KEYS[request.param])
    return SIDES[request.param]


@pytest.fixture(params=list(FAULTS))
def trouble(
    request: pytest.FixtureRequest, side: Side, running: RunningRehearsal, monkeypatch
) -> Callable[[], Any]:
    """`with trouble():` the gateway misbehaves; afterwards it is well, and so is its breaker."""

    @contextmanager
    def during() -> Iterator[None]:
        running.client.add_fault(**FAULTS[request.param], face=side.name)
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        running.client.clear_faults()
        for one in BREAKERS:
            monkeypatch.setattr(one, "SERVICE", f"{one.SERVICE}-{uuid4().hex}")
        assert took < LONGEST_SECONDS, f"{took:.1f} s"

    return during


def amount_of(side: Side) -> Money:
    return Money(425_000, side.currencies[0])


def send(path: str, body: dict[str, Any] | None = None) -> Any:
    return Client().post(
        f"/api/v1/{path}",
        body or {},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )


def started(side: Side) -> Any:
    amount = amount_of(side)
    return send(
        "payments/",
        {
            "email": "amina@example.com",
            "amount": f"{amount.decimal:f}",
            "currency": amount.currency,
            "gateway": side.name,
        },
    )


def page_of(payment: Payment) -> str:
    return str(PaymentAttempt.objects.filter(payment=payment).latest("id").gateway_ref)


def assert_books_are_theirs(side: Side, running: RunningRehearsal) -> None:
    ours = {
        one.amount.currency: one.amount.minor
        for one in balances(codes=[f"gateway:{side.name}"])
        if one.amount
    }
    assert ours == side.book(running)
    assert not any(trial_balance().values())


def work() -> None:
    for queue in (Queue.MONEY, Queue.DEFAULT, Queue.BULK):
        work_off(queue)


def test_starting(side: Side, trouble, running: RunningRehearsal) -> None:
    with trouble():
        answer = started(side)
    payment = Payment.objects.get()
    if answer.status_code != 201:  # a page that was made may be found again at once
        error = answer.json()["error"]
        assert answer.status_code == 502, answer.content
        assert "try again" in error["message"].lower(), error
        assert error["details"]["reference"] == [payment.reference]
        again = send(f"payments/{payment.reference}/submit/")
        assert again.status_code == 200, again.content
    assert PaymentAttempt.objects.filter(payment=payment, state="submitted").count() == 1
    side.pay(running, page_of(payment))
    assert send(f"payments/{payment.reference}/verify/").json()["data"]["status"] == "success"
    work()
    assert LedgerTransaction.objects.filter(kind="payment").count() == 1
    assert Receipt.objects.count() == 1
    assert_books_are_theirs(side, running)


def test_coming_back(side: Side, trouble, running: RunningRehearsal) -> None:
    reference = started(side).json()["data"]["reference"]
    payment = Payment.objects.get()
    side.pay(running, page_of(payment))
    with trouble():
        answer = send(f"payments/{reference}/verify/")
    if answer.status_code != 200:
        assert answer.status_code == 502, answer.content
        assert "try again" in answer.json()["error"]["message"].lower()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.PENDING, "an answer that did not come says nothing"
    assert send(f"payments/{reference}/verify/").json()["data"]["status"] == "success"
    work()
    assert LedgerTransaction.objects.filter(kind="payment").count() == 1
    assert_books_are_theirs(side, running)


def test_giving_back(side: Side, trouble, running: RunningRehearsal) -> None:
    reference = started(side).json()["data"]["reference"]
    payment = Payment.objects.get()
    side.pay(running, page_of(payment))
    verify_payment(reference=reference)
    work()
    part = Money(10_000, side.currencies[0])  # small: nobody else approves
    refund = request_refund(
        payment_id=payment.pk, amount=part, reason="one cup broke", requested_by=None
    )
    with trouble():
        tried = execute_refund(refund_id=refund.pk)
    if tried.state == RefundState.SUBMITTED:
        assert tried.error, "whoever looks at the refund reads why it is still on its way"
    for _ in range(4):  # minutes later
        Refund.objects.update(asked_at=timezone.now() - timedelta(hours=1))
        follow_up()
        work()
    made = [one for one in refunds_at(side, running) if one["status"] != "failed"]
    assert len(made) == 1, made
    refund.refresh_from_db()
    assert refund.state in (RefundState.SUCCEEDED, RefundState.PENDING)
    assert LedgerTransaction.objects.filter(kind="refund").count() == 1


def refunds_at(side: Side, running: RunningRehearsal) -> list[dict[str, Any]]:
    book = {
        "stripe": running.client.stripe_book,
        "razorpay": running.client.razorpay_book,
        "paystack": running.client.paystack_book,
    }[side.name]()
    found: list[dict[str, Any]] = book["refunds"]
    return found
