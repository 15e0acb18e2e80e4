"""A payer takes a payment to his bank: what Paystack's disputes mean here."""

from datetime import UTC, datetime, timedelta

import pytest

from core.models import Delivery
from core.money import Money
from payments.enums import PaymentStatus
from payments.gateways.interface import DisputeSeen, GatewayDispute, GatewayPayment, NotOurs
from payments.gateways.paystack.disputes import read_dispute
from payments.gateways.reading import Unreadable
from payments.gateways.registry import gateway
from payments.tests.house import attempt_of
from payments.tests.paystack_house import PaystackHouse, naira, told

NOW = datetime.now(UTC)
pytestmark = pytest.mark.django_db


def heard(data: dict, event: str = "charge.dispute.create") -> GatewayDispute:
    payment, dispute = gateway("paystack").interpret(kind=event, body=told(event, data))
    assert isinstance(payment, GatewayPayment)
    assert isinstance(dispute, GatewayDispute)
    return dispute


def test_a_new_dispute_has_a_deadline_and_has_taken_nothing(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    opened = paystack.there.paystack_dispute(paystack.page_of(payment), amount=100_000)
    seen = heard(paystack.api(f"/dispute/{opened['id']}"))
    assert seen.state is DisputeSeen.NEEDS_RESPONSE
    assert (seen.amount, seen.withdrawn) == (naira("1000.00"), None)
    assert (seen.reference, seen.payment_ref) == (
        payment.reference, attempt_of(payment).gateway_payment_ref,
    )  # fmt: skip
    assert seen.as_of is not None
    assert abs(seen.as_of - datetime.now(UTC)) < timedelta(minutes=1)
    assert (seen.reason, seen.said) == ("chargeback", "awaiting-merchant-feedback")
    assert seen.due_by is not None
    assert timedelta(days=1) < seen.due_by - datetime.now(UTC) < timedelta(days=3)


@pytest.mark.parametrize(
    ("to", "state", "said", "withdrawn"),
    [
        ("declined", DisputeSeen.WON, "resolved: declined", "0.00"),
        ("merchant-accepted", DisputeSeen.LOST, "resolved: merchant-accepted", "1000.00"),
        ("auto-accepted", DisputeSeen.LOST, "resolved: auto-accepted", "1000.00"),
        ("awaiting-bank-feedback", DisputeSeen.UNDER_REVIEW, "awaiting-bank-feedback", None),
        ("pending", DisputeSeen.NEEDS_RESPONSE, "pending", None),
    ],
)
def test_paystack_says_how_it_stands_now_whatever_the_event_said(
    paystack: PaystackHouse, to: str, state: DisputeSeen, said: str, withdrawn: str | None
) -> None:
    payment = paystack.paid()
    opened = paystack.there.paystack_dispute(paystack.page_of(payment), amount=100_000)
    as_it_was = paystack.api(f"/dispute/{opened['id']}")
    paystack.there.paystack_dispute_moves(opened["id"], to)
    seen = heard(as_it_was)
    assert (seen.state, seen.said) == (state, said)
    assert seen.withdrawn == (None if withdrawn is None else naira(withdrawn))


def test_a_dispute_marks_its_payment(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    opened = paystack.there.paystack_dispute(paystack.page_of(payment))
    assert paystack.hear("charge.dispute.create", paystack.api(f"/dispute/{opened['id']}")) == 200
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.DISPUTED


def test_a_dispute_nobody_knows_or_of_a_stranger_is_not_ours(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    page = {"reference": paystack.page_of(payment)}
    for data in (
        {"id": 4, "transaction": page},
        {"id": "x", "transaction": page},
        {"transaction": page},
        {"id": 4, "transaction": {"reference": "T1"}},
        {"id": 4, "transaction_reference": None, "transaction": None},
    ):
        with pytest.raises(NotOurs):
            heard(data)
    paystack.hear("charge.dispute.create", {"id": 4, "transaction": {"reference": "T1"}})
    rows = Delivery.objects.filter(event__type="paystack.charge.dispute.create")
    assert set(rows.values_list("state", flat=True)) == {"ignored"}


def test_words_paystack_may_say_one_day_do_not_break_anything(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    opened = paystack.there.paystack_dispute(paystack.page_of(payment))
    raw = paystack.api(f"/dispute/{opened['id']}")
    seen = gateway("paystack").fetch(gateway_ref=paystack.page_of(payment))
    for changes, said in (
        ({"status": "in-orbit"}, "in-orbit"),
        ({"status": "resolved", "resolution": "by-dice"}, "resolved: by-dice"),
        ({"status": "resolved", "resolution": None}, "resolved"),
    ):
        dispute = read_dispute(raw | changes, seen, as_of=NOW)
        assert (dispute.state, dispute.said) == (DisputeSeen.UNKNOWN, said)
        assert dispute.withdrawn is None
    assert read_dispute(raw | {"refund_amount": None}, seen, as_of=NOW).amount == payment.amount
    assert read_dispute(raw | {"refund_amount": "700"}, seen, as_of=NOW).amount == Money(700, "NGN")
    with pytest.raises(Unreadable):
        read_dispute(raw | {"id": None}, seen, as_of=NOW)
