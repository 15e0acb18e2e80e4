"""Whatever happens at Paystack, our books and Paystack's say the same, to the kobo."""

from typing import Any
from uuid import uuid4

import pytest

from core.money import Money
from payments.enums import PaymentStatus, RefundState
from payments.models import LedgerEntry, Payment, Refund
from payments.services.books.balances import trial_balance
from payments.services.refunds import (
    approve_refund,
    ask_refunds,
    execute_refund,
    request_refund,
)
from payments.tests.house import booked
from payments.tests.paystack_house import PaystackHouse, naira

pytestmark = pytest.mark.django_db


def asked(payment: Payment, amount: Money) -> Refund:
    """A refund that may go, with a second person's word where it needs one."""
    refund = request_refund(
        payment_id=payment.pk, amount=amount, reason="Came broken", requested_by=uuid4()
    )
    if refund.state == RefundState.REQUESTED:
        refund = approve_refund(refund_id=refund.pk, approved_by=uuid4())
    return refund


def we_hold() -> dict[str, int]:
    """What our books say is at Paystack, per currency."""
    rows = LedgerEntry.objects.filter(account__code="gateway:paystack")
    found: dict[str, int] = {}
    for entry in rows:
        found[entry.currency] = found.get(entry.currency, 0) + entry.amount_minor
    return found


def paystack_holds(paystack: PaystackHouse) -> dict[str, int]:
    """What Paystack's own book says, in our units."""
    totals = paystack.there.paystack_book()["totals"]
    return {code: of["net"] // (100 if code == "XOF" else 1) for code, of in totals.items()}


def hear_of_refund(paystack: PaystackHouse, payment: Payment, state: str) -> None:
    """News without an id, with the amount as text."""
    data: dict[str, Any] = {
        "status": state, "transaction_reference": paystack.page_of(payment), "amount": "1",
        "refund_reference": None, "currency": "NGN", "domain": "test", "told": uuid4().hex,
    }  # fmt: skip
    assert paystack.hear(f"refund.{state}", data) == 200


@pytest.mark.parametrize("amount", [naira("4250.00"), Money(12_345, "GHS"), Money(900, "XOF")])
def test_a_refund_goes_out_once_and_arrives(paystack: PaystackHouse, amount: Money) -> None:
    payment = paystack.paid(amount)
    part = Money(amount.minor // 3, amount.currency)
    refund = execute_refund(refund_id=asked(payment, part).pk)
    assert refund.state == RefundState.PENDING
    paystack.there.paystack_refund(refund.gateway_ref or "", "processed")
    for _ in range(3):
        hear_of_refund(paystack, payment, "processed")
    payment.refresh_from_db()
    refund.refresh_from_db()
    assert (refund.state, payment.refunded) == (RefundState.SUCCEEDED, part)
    assert (payment.status, booked(payment, "refund")) == (PaymentStatus.PARTIALLY_REFUNDED, 1)
    assert we_hold() == paystack_holds(paystack)
    assert trial_balance() == {amount.currency: 0}


def test_a_refund_whose_answer_was_lost_is_one_refund(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    wanted = asked(payment, naira("1000.00"))
    paystack.there.add_fault("lost_answer", face="paystack", method="POST", path="/refund", times=1)
    assert execute_refund(refund_id=wanted.pk).state == RefundState.SUBMITTED
    assert execute_refund(refund_id=wanted.pk).state == RefundState.PENDING
    (there,) = paystack.there.paystack_book()["refunds"]
    assert there["amount"] == 100_000
    paystack.there.paystack_refund(there["id"], "processed")
    assert we_hold() == paystack_holds(paystack)


def test_a_refund_that_fails_or_waits_for_an_account_is_not_lost(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    failing = execute_refund(refund_id=asked(payment, naira("10.00")).pk)
    paystack.there.paystack_refund(failing.gateway_ref or "", "failed")
    hear_of_refund(paystack, payment, "failed")
    stuck = execute_refund(refund_id=asked(payment, naira("20.00")).pk)
    paystack.there.paystack_refund(stuck.gateway_ref or "", "needs-attention")
    hear_of_refund(paystack, payment, "needs-attention")
    failing.refresh_from_db()
    stuck.refresh_from_db()
    assert (failing.state, stuck.state) == (RefundState.FAILED, RefundState.NEEDS_ATTENTION)
    paystack.there.paystack_refund(stuck.gateway_ref or "", "processed")
    ask_refunds(attempt_id=stuck.attempt_id, source="test")  # nobody brought the news
    stuck.refresh_from_db()
    assert stuck.state == RefundState.SUCCEEDED
    payment.refresh_from_db()
    assert payment.refunded == naira("20.00")
    assert we_hold() == paystack_holds(paystack)


def test_what_staff_give_back_at_paystack_is_booked_too(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    made = paystack.there.http.post(
        "/paystack/refund",
        json={"transaction": paystack.page_of(payment)},
        headers={"Authorization": "Bearer sk_test_x"},
    ).json()["data"]
    paystack.there.paystack_refund(made["id"], "processed")
    hear_of_refund(paystack, payment, "processed")
    payment.refresh_from_db()
    assert (payment.status, payment.refunded) == (PaymentStatus.REFUNDED, payment.amount)
    assert we_hold() == paystack_holds(paystack)


@pytest.mark.parametrize("resolution", ["merchant-accepted", "auto-accepted", "declined"])
def test_a_dispute_takes_the_money_when_it_is_lost(
    paystack: PaystackHouse, resolution: str
) -> None:
    payment = paystack.paid()
    opened = paystack.there.paystack_dispute(paystack.page_of(payment), amount=100_000)
    shown = paystack.api(f"/dispute/{opened['id']}")
    paystack.hear("charge.dispute.create", shown)
    assert we_hold() == paystack_holds(paystack)
    paystack.there.paystack_dispute_moves(opened["id"], resolution)
    resolved = paystack.api(f"/dispute/{opened['id']}")
    for event in ("charge.dispute.resolve", "charge.dispute.remind", "charge.dispute.resolve"):
        paystack.hear(event, resolved | {"told": uuid4().hex})
    assert we_hold() == paystack_holds(paystack)
    assert trial_balance() == {"NGN": 0}
