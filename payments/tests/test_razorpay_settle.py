"""What Razorpay says and what it means: each trap of its events, with a body signed for real."""

import json
from typing import Any

import pytest

from core.models import Event
from core.money import Money
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.interface import Seen
from payments.gateways.razorpay.reading import read_payment
from payments.gateways.registry import gateway
from payments.models import LedgerTransaction, Payment, PaymentEvent
from payments.services.verify import verify_payment
from payments.tests.house import attempt_of, booked
from payments.tests.razorpay_house import RazorpayHouse, rupees, wrapped

pytestmark = pytest.mark.django_db


def entity(razorpay: RazorpayHouse, event: str, name: str) -> dict[str, Any]:
    """An entity as the latest event of that type shows it."""
    return dict(json.loads(razorpay.body_of(event))["payload"][name]["entity"])


def states(razorpay: RazorpayHouse) -> set[str]:
    told = Event.objects.filter(source="razorpay").prefetch_related("deliveries")
    return {d.state for event in told for d in event.deliveries.all()}


def fresh(payment: Payment) -> Payment:
    payment.refresh_from_db()
    return payment


def test_failed_and_then_captured_is_paid(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    tried = razorpay.there.link(razorpay.link_of(payment), "decline")
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.PENDING  # another try may come
    assert payment.authorization_url
    razorpay.there.razorpay_payment(tried["id"], "authorize")
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.PROCESSING
    razorpay.there.razorpay_payment(tried["id"], "capture")
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.SUCCESS
    assert [e.type for e in PaymentEvent.objects.all()] == ["submitted", "declined", "captured"]


def test_captured_told_before_failed_stays_paid(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "late")
    razorpay.deliver("payment.captured")
    razorpay.work()
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.SUCCESS
    assert booked(payment) == 1


def test_a_second_card_after_a_declined_one_is_the_same_payment(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    link = razorpay.link_of(payment)
    for _ in range(2):
        razorpay.there.link(link, "decline")
    razorpay.told()
    razorpay.there.link(link, "pay")
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.SUCCESS
    assert PaymentEvent.objects.filter(type="declined").count() == 2


@pytest.mark.parametrize("event", ["payment.authorized", "payment.failed"])
def test_captured_true_beside_another_status_is_not_believed(
    razorpay: RazorpayHouse, event: str
) -> None:
    payment = razorpay.submitted()
    act = "authorize" if event == "payment.authorized" else "decline"
    razorpay.there.link(razorpay.link_of(payment), act)
    assert entity(razorpay, event, "payment")["captured"] is True  # as in Razorpay's samples
    razorpay.told()
    assert not fresh(payment).is_paid
    assert not LedgerTransaction.objects.exists()


@pytest.mark.parametrize("notes", [[], None, {}])
def test_notes_that_are_no_object_are_no_crash(razorpay: RazorpayHouse, notes: Any) -> None:
    """The payment is found by its link."""
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "pay")
    told = entity(razorpay, "payment.captured", "payment") | {"notes": notes}
    razorpay.post(wrapped("payment.captured", payment=told))
    order = {"id": told["order_id"], "notes": notes}
    razorpay.post(wrapped("order.paid", payment=told, order=order))
    razorpay.work()
    assert fresh(payment).status == PaymentStatus.SUCCESS


def test_a_payment_whose_own_notes_were_lost_is_found_by_its_link(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "pay")
    there = gateway("razorpay")
    raw = razorpay.api("/payments")["items"][0] | {"notes": []}
    link = razorpay.links()[0]
    seen = read_payment(raw, livemode=False, link=link)
    assert (seen.reference, seen.gateway_ref) == (payment.reference, link["id"])
    assert seen.attempt_id == attempt_of(payment).pk
    assert there.fetch(payment_ref=raw["id"]).reference == payment.reference


def test_the_live_form_of_the_order_is_read(razorpay: RazorpayHouse) -> None:
    """In `payment_link.paid` the order's id comes without its prefix."""
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "pay")
    assert not entity(razorpay, "payment_link.paid", "order")["id"].startswith("order_")
    razorpay.deliver("payment_link.paid")
    razorpay.work()
    assert fresh(payment).status == PaymentStatus.SUCCESS


def test_money_razorpay_returns_uncaptured_was_never_ours(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    tried = razorpay.there.link(razorpay.link_of(payment), "authorize")
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.PROCESSING
    razorpay.there.razorpay_payment(tried["id"], "let_go")
    told = entity(razorpay, "refund.processed", "payment")
    assert (told["status"], told["captured"]) == ("refunded", False)
    razorpay.told()
    assert not fresh(payment).is_paid
    assert not LedgerTransaction.objects.exists()
    assert states(razorpay) == {"done"}
    declined = PaymentEvent.objects.get(type="declined")
    assert "gave it back" in declined.details["reason"]


def test_a_closed_page_cancels_and_a_late_capture_still_pays(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    link = razorpay.link_of(payment)
    tried = razorpay.there.link(link, "decline")
    razorpay.there.link(link, "expire")
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.CANCELLED
    for act in ("authorize", "capture"):
        razorpay.there.razorpay_payment(tried["id"], act)
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.SUCCESS
    assert attempt_of(payment).state == AttemptState.CAPTURED


def objection(razorpay: RazorpayHouse, name: str, change: dict[str, Any]) -> str:
    """Why a payment is held after a `payment_link.paid` with one entity changed."""
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "pay")
    payload = json.loads(razorpay.body_of("payment_link.paid"))["payload"]
    told = {name: part["entity"] for name, part in payload.items()}
    told[name] |= change
    razorpay.post(wrapped("payment_link.paid", **told))
    razorpay.work()
    assert fresh(payment).status == PaymentStatus.HELD
    assert not booked(payment)
    return payment.status_reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": 49899}, "498.99 INR instead of 499.00 INR"),
        ({"currency": "USD"}, "499.00 USD instead of 499.00 INR"),
        ({"amount": 4_990_000}, "49900.00 INR instead"),
    ],
)
def test_another_amount_or_currency_is_held(
    razorpay: RazorpayHouse, change: dict[str, Any], said: str
) -> None:
    assert said in objection(razorpay, "payment", change)


def test_a_page_we_did_not_open_is_held(razorpay: RazorpayHouse) -> None:
    """Somebody who knows our reference puts it on a link of his own."""
    said = objection(razorpay, "payment_link", {"id": "plink_OfSomebodyElse"})
    assert "It is another page (plink_OfSomebodyElse)" in said


def test_an_event_of_the_test_mode_pays_nothing_real(razorpay: RazorpayHouse) -> None:
    """Signed with our secret, named like our payment, but no payment that our key can see."""
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "decline")
    told = entity(razorpay, "payment.failed", "payment")
    told |= {"id": "pay_OfAnotherMode0", "status": "captured", "captured": True, "fee": 1}
    razorpay.post(wrapped("payment.captured", payment=told))
    razorpay.work()
    assert fresh(payment).status == PaymentStatus.PENDING
    assert states(razorpay) == {"ignored"}


def test_a_forged_word_of_a_true_payment_is_looked_up(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "decline")
    told = entity(razorpay, "payment.failed", "payment") | {"status": "captured"}
    razorpay.post(wrapped("payment.captured", payment=told))
    razorpay.work()
    assert fresh(payment).status == PaymentStatus.PENDING


def test_a_sale_is_booked_while_razorpays_api_is_away(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "pay")
    razorpay.there.add_fault("status", face="razorpay", status=503)
    razorpay.told()
    assert fresh(payment).status == PaymentStatus.SUCCESS
    assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
    assert states(razorpay) == {"done", "ready"}  # the hints wait
    razorpay.there.clear_faults()


def test_a_second_capture_of_the_same_page_is_noted_and_booked_by_nobody(
    razorpay: RazorpayHouse,
) -> None:
    """A link is paid once, but two of its tries may be authorised late: the reconciliation shows
    what is too much."""
    payment = razorpay.submitted()
    link = razorpay.link_of(payment)
    for tried in [razorpay.there.link(link, "decline") for _ in range(2)]:
        razorpay.there.razorpay_payment(tried["id"], "authorize")
        razorpay.there.razorpay_payment(tried["id"], "capture")
    razorpay.told()
    assert booked(payment) == 1
    assert fresh(payment).status == PaymentStatus.SUCCESS
    told = PaymentEvent.objects.get(type="mismatch")
    assert "It is another payment" in told.details["objections"][0]


def test_a_declined_try_is_seen_without_webhooks(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "decline")
    assert verify_payment(reference=payment.reference).status == PaymentStatus.PENDING
    assert PaymentEvent.objects.get(type="declined").details == {
        "reason": "Your payment was declined by the bank."
    }


@pytest.mark.parametrize(
    ("text", "currency", "number"),
    [("500", "JPY", 500), ("5.120", "KWD", 5120), ("20.00", "USD", 2000), ("900", "UGX", 900)],
)
def test_foreign_money_comes_home_with_its_fee_in_rupees(
    razorpay: RazorpayHouse, text: str, currency: str, number: int
) -> None:
    payment = razorpay.paid(Money.parse(text, currency))
    assert razorpay.links()[0]["amount"] == number
    assert payment.captured == Money.parse(text, currency)
    book = razorpay.there.razorpay_book()
    assert book["totals"][currency]["captured"] == number
    attempt = attempt_of(payment)
    assert (attempt.fee_minor, attempt.fee_currency) == (book["totals"]["INR"]["fees"], "INR")
    seen = gateway("razorpay").fetch(payment_ref=razorpay.money_of(payment))
    assert seen.settled == Money(book["payments"][0]["base_amount"], "INR")


def test_a_foreign_fee_of_unknown_currency_is_not_guessed() -> None:
    raw = {
        "id": "pay_1", "status": "captured", "captured": True, "amount": 2000, "currency": "USD",
        "fee": 3988, "international": True, "notes": [], "created_at": 1_700_000_000,
    }  # fmt: skip
    assert read_payment(raw, livemode=True).fee is None
    at_home = read_payment(raw | {"international": False, "currency": "INR"}, livemode=True)
    assert at_home.fee == rupees("39.88")
    assert at_home.state is Seen.CAPTURED
