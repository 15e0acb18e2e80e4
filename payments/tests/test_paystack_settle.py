"""What Paystack shows decides: every way in which it can mislead us."""

import json
from typing import Any

import pytest

from core.models import Delivery, Event
from core.money import Money
from payments.enums import PaymentStatus
from payments.gateways.interface import Seen
from payments.gateways.paystack.reading import STATES, read
from payments.gateways.reading import Unreadable
from payments.gateways.registry import gateway
from payments.models import Payment
from payments.services.verify import verify_payment
from payments.tests.house import attempt_of, booked
from payments.tests.paystack_house import PaystackHouse

SETTLE = "payments.settle_paystack_event"
pytestmark = pytest.mark.django_db


def fresh(payment: Payment) -> Payment:
    payment.refresh_from_db()
    return payment


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("success", Seen.CAPTURED), ("reversed", Seen.CAPTURED), ("failed", Seen.FAILED),
        ("abandoned", Seen.OPEN), ("ongoing", Seen.OPEN), ("pending", Seen.PROCESSING),
        ("processing", Seen.PROCESSING), ("queued", Seen.PROCESSING),
    ],
)  # fmt: skip
def test_every_status_has_a_meaning(paystack: PaystackHouse, status: str, ours: Seen) -> None:
    payment = paystack.submitted()
    page = paystack.page_of(payment)
    paystack.there.paystack_shows(page, status=status)
    assert gateway("paystack").fetch(gateway_ref=page).state == ours
    assert len(STATES) == 8


def test_that_the_call_worked_does_not_mean_that_anybody_paid(paystack: PaystackHouse) -> None:
    payment = paystack.submitted()
    answer = paystack.there.http.get(
        f"/paystack/transaction/verify/{paystack.page_of(payment)}",
        headers={"Authorization": "Bearer sk_test_x"},
    ).json()
    assert answer["status"] is True
    assert answer["data"]["status"] == "abandoned"
    assert verify_payment(reference=payment.reference).status == PaymentStatus.PENDING


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ({"amount": 42_500}, "425.00"),
        ({"amount": 425_001}, "4250.01"),
        ({"currency": "GHS"}, "GHS"),
        ({"domain": "live"}, "real money"),
    ],
)
def test_success_with_something_else_than_we_asked_for_is_held(
    paystack: PaystackHouse, lie: dict[str, Any], said: str
) -> None:
    payment = paystack.submitted()
    page = paystack.page_of(payment)
    paystack.there.paystack(page)
    true = paystack.transaction(payment)
    paystack.there.paystack_shows(page, **lie)
    paystack.hear("charge.success", true)  # the webhook itself says what we hoped for
    assert fresh(payment).status == PaymentStatus.HELD
    assert said in payment.status_reason
    assert booked(payment) == 0
    assert not Event.objects.filter(type="payment.succeeded").exists()


def test_a_webhook_that_paystack_does_not_stand_by_pays_nothing(paystack: PaystackHouse) -> None:
    """Whoever has an old key can sign anything."""
    payment = paystack.submitted()
    forged = paystack.transaction(payment) | {"status": "success", "fees": 0}
    paystack.hear("charge.success", forged)
    assert fresh(payment).status == PaymentStatus.PENDING
    delivery = Delivery.objects.get(event__type="paystack.charge.success", subscriber=SETTLE)
    assert (delivery.state, "does not show" in delivery.last_error) == ("ready", True)
    paystack.there.paystack(paystack.page_of(payment))  # it was only quicker than Paystack's books
    Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.created_at)
    paystack.work()
    assert fresh(payment).status == PaymentStatus.SUCCESS


@pytest.mark.parametrize("metadata", ["", 0, None, "not json", "[]", [], {}, '{"a": 1}', "{" * 999])
def test_metadata_of_any_kind_does_not_hide_whose_payment_it_is(
    paystack: PaystackHouse, metadata: Any
) -> None:
    payment = paystack.submitted()
    page = paystack.page_of(payment)
    paystack.there.paystack(page)
    paystack.there.paystack_shows(page, metadata=metadata)
    paystack.hear("charge.success", paystack.transaction(payment))
    assert fresh(payment).status == PaymentStatus.SUCCESS


def test_metadata_as_text_is_read(paystack: PaystackHouse) -> None:
    payment = paystack.submitted()
    raw = paystack.transaction(payment)
    assert isinstance(raw["metadata"], dict)
    as_text = read(raw | {"metadata": json.dumps(raw["metadata"])})
    assert as_text == read(raw)
    assert as_text.attempt_id == attempt_of(payment).pk
    assert as_text.reference == payment.reference


def test_a_refused_card_is_seen_without_any_webhook(paystack: PaystackHouse) -> None:
    payment = paystack.submitted()
    paystack.there.paystack(paystack.page_of(payment), "fail")
    assert not paystack.there.deliveries(face="paystack", type="charge.failed")
    payment = verify_payment(reference=payment.reference)
    assert (payment.status, payment.status_reason) == (PaymentStatus.FAILED, "Declined")


def test_charge_failed_is_taken_when_it_comes_and_is_not_the_end(paystack: PaystackHouse) -> None:
    payment = paystack.submitted()
    page = paystack.page_of(payment)
    failed = paystack.there.paystack(page, "fail")
    paystack.hear("charge.failed", failed)
    assert fresh(payment).status == PaymentStatus.FAILED
    paystack.there.paystack(page)  # the page stays, the payer tries another card
    paystack.hear("charge.success", paystack.transaction(payment))
    assert fresh(payment).status == PaymentStatus.SUCCESS
    paystack.hear("charge.failed", failed | {"message": "told late"})
    assert fresh(payment).status == PaymentStatus.SUCCESS
    assert booked(payment) == 1


def test_a_slow_transfer_is_on_its_way_until_it_arrives(paystack: PaystackHouse) -> None:
    payment = paystack.submitted()
    page = paystack.page_of(payment)
    paystack.there.paystack(page, "slow")
    assert verify_payment(reference=payment.reference).status == PaymentStatus.PROCESSING
    paystack.there.paystack(page)
    assert verify_payment(reference=payment.reference).status == PaymentStatus.SUCCESS


def test_a_page_nobody_finished_stays_open_and_cannot_be_closed(paystack: PaystackHouse) -> None:
    payment = paystack.submitted()
    page = paystack.page_of(payment)
    there = gateway("paystack")
    assert there.expire(gateway_ref=page).state is Seen.OPEN
    assert verify_payment(reference=payment.reference).status == PaymentStatus.PENDING
    paystack.there.paystack(page)
    assert there.expire(gateway_ref=page).state is Seen.CAPTURED


def test_a_transaction_of_somebody_else_is_not_ours(paystack: PaystackHouse) -> None:
    made = paystack.there.http.post(
        "/paystack/transaction/initialize",
        json={"email": "x@example.com", "amount": 5000},
        headers={"Authorization": "Bearer sk_test_x"},
    ).json()["data"]
    paystack.hear("charge.success", paystack.there.paystack(made["reference"]))
    paystack.hear("charge.success", {"reference": "never-heard-of"})
    states = Delivery.objects.filter(subscriber=SETTLE).values_list("state", flat=True)
    assert set(states) == {"ignored"}


@pytest.mark.parametrize("data", [[], None, 5, "x", {"reference": 5}, {"reference": "a\x00b"}, {}])
def test_an_event_that_names_nothing_is_ignored(paystack: PaystackHouse, data: Any) -> None:
    for event in ("charge.success", "refund.processed", "charge.dispute.create"):
        assert paystack.hear(event, data) == 200
    states = Delivery.objects.filter(subscriber=SETTLE).values_list("state", flat=True)
    assert set(states) == {"ignored"}


def test_while_paystack_is_away_its_news_waits(paystack: PaystackHouse) -> None:
    payment = paystack.submitted()
    paystack.there.paystack(paystack.page_of(payment))
    shown = paystack.transaction(payment)
    paystack.there.add_fault("status", face="paystack", path="/*", status=503)
    paystack.hear("charge.success", shown)
    delivery = Delivery.objects.get(event__type="paystack.charge.success", subscriber=SETTLE)
    assert (delivery.state, fresh(payment).status) == ("ready", PaymentStatus.PENDING)


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "sideways"}, {"status": None}, {"amount": "12.5"}, {"amount": -0.5},
        {"amount": True}, {"currency": "JPY"}, {"currency": None}, {"domain": "staging"},
        {"reference": ""}, {"reference": "a\x00"}, {"id": "x"}, {"id": 0}, {"id": 10**19},
        {"amount": 10**18},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_not_guessed(paystack: PaystackHouse, broken: dict) -> None:
    raw = paystack.transaction(paystack.submitted())
    with pytest.raises(Unreadable):
        read(raw | broken)
    assert read(raw).state is Seen.OPEN


@pytest.mark.parametrize(
    ("fees", "currency", "kept"),
    [
        (None, "NGN", None), (0, "NGN", 0), (1, "NGN", 1), (16_375, "NGN", 16_375),
        (2_030, "XOF", 20), (2_050, "XOF", 21), (2_100, "XOF", 21),
    ],
)  # fmt: skip
def test_a_fee_is_booked_in_units_that_exist(
    paystack: PaystackHouse, fees: int | None, currency: str, kept: int | None
) -> None:
    raw = paystack.transaction(paystack.submitted())
    seen = read(raw | {"status": "success", "fees": fees, "currency": currency})
    assert seen.fee == (None if kept is None else Money(kept, currency))
    assert read(raw | {"fees": fees, "currency": currency}).fee is None  # nobody has paid
