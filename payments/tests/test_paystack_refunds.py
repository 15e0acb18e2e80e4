"""Money goes back once. Paystack has no idempotency keys, and its refunds' news has no ids."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from core.money import Money
from payments.gateways.interface import (
    GatewayError,
    GatewayPayment,
    GatewayRefund,
    News,
    RefundRequest,
    RefundSeen,
)
from payments.gateways.paystack import client
from payments.gateways.paystack.adapter import PaystackGateway
from payments.gateways.paystack.refunds import read_refund
from payments.gateways.paystack.words import LONGEST_NOTE, refund_in, refund_note
from payments.gateways.reading import Unreadable
from payments.gateways.registry import gateway
from payments.models import Payment
from payments.services.history import now
from payments.tests.house import attempt_of
from payments.tests.paystack_house import PaystackHouse, naira, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(paystack: PaystackHouse) -> PaystackGateway:
    found = gateway("paystack")
    assert isinstance(found, PaystackGateway)
    return found


def asked(payment: Payment, amount: Money, refund_id: UUID | None = None) -> RefundRequest:
    return RefundRequest(
        refund_id=refund_id or uuid4(),
        idempotency_key="paystack does not know what this is",
        payment_ref=attempt_of(payment).gateway_payment_ref or "",
        reference=payment.reference,
        amount=amount,
        reason="Came broken",
    )


def refunded(news: list[News]) -> list[GatewayRefund]:
    assert isinstance(news[0], GatewayPayment)
    return [one for one in news if isinstance(one, GatewayRefund)]


def given_back(paystack: PaystackHouse) -> int:
    return sum(refund["amount"] for refund in paystack.there.paystack_book()["refunds"])


def test_a_refund_carries_our_id_and_waits(paystack: PaystackHouse, there) -> None:
    payment = paystack.paid()
    request = asked(payment, naira("250.50"))
    made = there.refund(request)
    assert (made.state, made.amount, made.refund_id) == (
        RefundSeen.PENDING, naira("250.50"), request.refund_id,
    )  # fmt: skip
    assert (made.payment_ref, made.reference) == (request.payment_ref, payment.reference)
    (row,) = paystack.api("/refund")
    assert row["merchant_note"] == f"tradewind-refund:{request.refund_id} Came broken"
    assert str(request.refund_id) not in row["customer_note"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer"},
        {"kind": "cut"},
        {"kind": "status", "status": 500, "work": True},
        {"kind": "status", "status": 504, "work": False},
        {"kind": "hang"},
    ],
)
def test_whatever_became_of_the_first_try_the_second_makes_one_refund(
    paystack: PaystackHouse, there, fault: dict
) -> None:
    request = asked(paystack.paid(), naira("1000.00"))
    paystack.there.add_fault(**fault, face="paystack", method="POST", path="/refund", times=1)
    with pytest.raises(GatewayError) as lost:
        there.refund(request)
    assert lost.value.retryable
    again = there.refund(request)
    assert again == there.refund(request)
    assert given_back(paystack) == 100_000


def test_two_refunds_of_one_amount_are_two(paystack: PaystackHouse, there) -> None:
    payment = paystack.paid()
    first, second = (there.refund(asked(payment, naira("10.00"))) for _ in range(2))
    assert first.refund_ref != second.refund_ref
    assert len(there.refunds_of(payment_ref=first.payment_ref)) == 2


def test_more_than_came_in_is_refused(paystack: PaystackHouse, there) -> None:
    payment = paystack.paid()
    there.refund(asked(payment, naira("4000.00")))
    with pytest.raises(GatewayError, match="more than") as refusal:
        there.refund(asked(payment, naira("250.01")))
    assert not refusal.value.retryable
    with pytest.raises(GatewayError, match="Currency"):
        there.refund(asked(payment, Money(100, "GHS")))


def test_refunds_of_another_payment_are_not_mixed_in(
    paystack: PaystackHouse, there, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where Paystack does not know the filter and shows all there are."""
    mine, other = paystack.paid(), paystack.paid()
    for payment in (mine, other):
        there.refund(asked(payment, naira("5.00")))
    unfiltered = there.client.listed
    monkeypatch.setattr(there.client, "listed", lambda path, query: unfiltered(path, {}))
    (only,) = there.refunds_of(payment_ref=attempt_of(mine).gateway_payment_ref or "")
    assert only.reference == mine.reference


@pytest.mark.parametrize("named", [False, True])
def test_news_of_a_refund_has_no_id_and_amounts_as_text(
    paystack: PaystackHouse, there, named: bool
) -> None:
    paystack.there.paystack_habits(name_refunds=named)
    paystack.there.send_webhooks_to("http://127.0.0.1:9/", face="paystack")
    payment = paystack.paid()
    request = asked(payment, naira("12.34"))
    made = there.refund(request)
    (sent,) = paystack.there.deliveries(face="paystack", type="refund.pending", body="1")
    paystack.there.send_webhooks_to("", face="paystack")
    assert '"amount":"1234"' in sent["body"]
    assert ('"id":' in sent["body"]) is named
    (seen,) = refunded(there.interpret(kind="refund.pending", body=sent["body"].encode()))
    assert seen == made
    assert paystack.post(sent["body"].encode()).status_code == 200


@pytest.mark.parametrize(
    ("state", "ours", "failure"),
    [
        ("processing", RefundSeen.PENDING, ""),
        ("processed", RefundSeen.SUCCEEDED, ""),
        ("failed", RefundSeen.FAILED, "failed"),
        ("needs-attention", RefundSeen.NEEDS_ATTENTION, "needs-attention"),
    ],
)
def test_however_news_is_ordered_the_refund_is_as_it_is_now(
    paystack: PaystackHouse, there, state: str, ours: RefundSeen, failure: str
) -> None:
    payment = paystack.paid()
    made = there.refund(asked(payment, naira("42.00")))
    paystack.there.paystack_refund(made.refund_ref, state)
    late = {"transaction_reference": paystack.page_of(payment), "status": "pending"}
    for kind in ("refund.pending", f"refund.{state}"):
        (seen,) = refunded(there.interpret(kind=kind, body=told(kind, late)))
        assert (seen.state, seen.failure) == (ours, failure)


def test_bank_details_wake_a_refund_that_waits_for_them(paystack: PaystackHouse, there) -> None:
    made = there.refund(asked(paystack.paid(), naira("42.00")))
    path = f"/refund/retry_with_customer_details/{made.refund_ref}"
    details = {"currency": "NGN", "account_number": "1234567890", "bank_id": "9"}
    with pytest.raises(GatewayError, match="not in needs-attention"):
        there.client.post(path, {"refund_account_details": details})
    paystack.there.paystack_refund(made.refund_ref, "needs-attention")
    there.client.post(path, {"refund_account_details": details})
    assert there.refunds_of(payment_ref=made.payment_ref)[0].state is RefundSeen.PENDING


def test_a_refund_made_at_paystacks_dashboard_has_no_id_of_ours(
    paystack: PaystackHouse, there
) -> None:
    payment = paystack.paid()
    there.client.post("/refund", {"transaction": paystack.page_of(payment), "amount": 5000})
    (seen,) = there.refunds_of(payment_ref=attempt_of(payment).gateway_payment_ref or "")
    assert (seen.refund_id, seen.amount) == (None, naira("50.00"))


def test_a_fully_refunded_payment_was_paid_all_the_same(paystack: PaystackHouse, there) -> None:
    payment = paystack.paid()
    made = there.refund(asked(payment, payment.amount))
    paystack.there.paystack_refund(made.refund_ref, "processed")
    assert paystack.transaction(payment)["status"] == "reversed"
    seen = there.fetch(gateway_ref=paystack.page_of(payment))
    assert (seen.state, seen.amount) == ("captured", payment.amount)


def test_a_list_of_refunds_names_whose_they_are(paystack: PaystackHouse, there) -> None:
    began = now() - timedelta(seconds=1)
    payment = paystack.paid()
    made = there.refund(asked(payment, naira("1.00")))
    assert list(there.refunds_between(began, now() + timedelta(seconds=1))) == [made]
    assert list(there.refunds_between(began - timedelta(days=1), began)) == []


def test_many_refunds_are_read_page_by_page(
    paystack: PaystackHouse, there, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    payment = paystack.paid()
    requests = [asked(payment, naira("1.00")) for _ in range(5)]
    for request in requests:
        there.refund(request)
    assert len({there.refund(request).refund_ref for request in requests}) == 5
    assert given_back(paystack) == 500


def test_a_long_reason_does_not_push_our_id_out_of_the_note() -> None:
    refund_id = uuid4()
    note = refund_note(refund_id, "x" * 1_000)
    assert len(note) == LONGEST_NOTE
    assert refund_in(note) == refund_id
    for foreign in ("", "Refund by tobi@example.com", "tradewind-refund:" + "-" * 36):
        assert refund_in(foreign) is None


def test_shapes_of_refunds_that_paystack_is_known_to_use(paystack: PaystackHouse, there) -> None:
    payment = paystack.paid()
    there.refund(asked(payment, naira("1.00")))
    (raw,) = paystack.api("/refund")
    as_number = read_refund(raw)
    of = {"id": raw["transaction"], "reference": paystack.page_of(payment)}
    assert read_refund(raw | {"transaction": of}) == as_number
    assert read_refund(raw | {"amount": "100"}) == as_number
    assert read_refund(raw | {"status": "reversed"}).state is RefundSeen.FAILED
    assert read_refund(raw | {"status": "brand-new"}).state is RefundSeen.PENDING
    for broken in ({"id": None}, {"transaction": None}, {"amount": "1.5"}, {"domain": None}):
        with pytest.raises(Unreadable):
            read_refund(raw | broken)
