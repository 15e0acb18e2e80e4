"""Cancelled orders: their page is closed, and what was paid for them goes back."""

from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.services.demo import create_demo_users
from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order, Variant
from commerce.services.orders.pay import send_to_pay
from commerce.services.orders.status import change_status
from commerce.tests.shop import make_order, make_vendor
from core.enums import Queue
from core.events.worker import work_off
from core.identity import Identity, Role, acting_as
from core.models import Delivery
from core.money import Money
from payments.enums import PaymentStatus as GatewayStatus
from payments.enums import RefundOrigin, RefundState
from payments.gateways.interface import Seen
from payments.models import Payment, Refund
from payments.services.books.balances import balances
from payments.services.refunds import request_refund
from payments.services.review import accept_what_came
from payments.services.settle import settle
from payments.services.sharing.owed import owed_to
from payments.tests.house import House, attempt_of
from payments.tests.test_settle import seen_of, told

pytestmark = pytest.mark.django_db
TEN = Money(1000, "EUR")


def ordered(house: House) -> tuple[Order, Payment]:
    """An order of 10 EUR whose buyer is on the gateway's page."""
    order = make_order(make_vendor())
    payment = house.submitted(TEN, purpose_id=order.pk)
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    return order, payment


def cancelled(order: Order) -> None:
    change_status(order_id=order.pk, to=OrderStatus.CANCELLED, reason="changed their mind")


def pay(house: House, payment: Payment) -> None:
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()


def again(order: Order, payment: Payment) -> None:
    order.refresh_from_db()
    payment.refresh_from_db()


def given_back(house: House) -> list[int]:
    return [one["amount"] for one in house.stripe.stripe_book()["refunds"]]


def test_the_page_of_a_cancelled_order_is_closed_at_the_gateway(house: House) -> None:
    order, payment = ordered(house)
    cancelled(order)
    house.work()
    again(order, payment)
    assert payment.status == GatewayStatus.CANCELLED
    session = house.stripe.http.get(
        f"/stripe/v1/checkout/sessions/{house.session_of(payment)}", auth=("sk_test_x", "")
    )
    assert session.json()["status"] == "expired"
    assert order.attention == ""


def test_a_gateway_that_is_away_is_asked_again(house: House) -> None:
    order, payment = ordered(house)
    cancelled(order)
    house.stripe.add_fault("status", face="stripe", status=503)
    house.work()
    again(order, payment)
    assert (payment.status, bool(payment.closing_reason)) == (GatewayStatus.PENDING, True)


def test_a_buyer_who_was_quicker_is_given_the_money_back(house: House) -> None:
    order, payment = ordered(house)
    house.stripe.pay(house.session_of(payment))
    cancelled(order)
    house.work()
    house.deliver()
    house.work()
    again(order, payment)
    refund = Refund.objects.get()
    assert (refund.origin, refund.requested_by, refund.amount) == (RefundOrigin.LATE, None, TEN)
    assert (order.status, order.payment_status) == ("cancelled", PaymentStatus.REFUNDED)
    assert (given_back(house), order.attention) == ([1000], "")


def test_a_paid_order_that_is_cancelled_asks_for_its_refund(house: House) -> None:
    order, payment = ordered(house)
    pay(house, payment)
    cancelled(order)
    house.work()
    house.deliver()
    house.work()
    again(order, payment)
    assert Refund.objects.get().origin == RefundOrigin.CANCELLED
    assert (order.payment_status, given_back(house)) == (PaymentStatus.REFUNDED, [1000])


def test_a_large_one_waits_for_a_second_person(house: House, settings) -> None:
    settings.REFUND_TWO_PEOPLE_ABOVE = {}
    order, payment = ordered(house)
    pay(house, payment)
    cancelled(order)
    house.work()
    again(order, payment)
    assert Refund.objects.get().state == RefundState.REQUESTED
    assert (given_back(house), order.attention) == (
        [], "Cancelled after it was paid: a refund is due.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "state"), [("agent", RefundState.REQUESTED), ("manager", RefundState.SUBMITTED)]
)
def test_who_may_not_give_refunds_gives_none_by_cancelling(
    house: House, role: str, state: str
) -> None:
    who = create_demo_users()[role]
    order, payment = ordered(house)
    pay(house, payment)
    house.stripe.add_fault("status", face="stripe", path="/v1/refunds", status=503, times=9)
    with acting_as(Identity(Role.SYSTEM, who.pk, "as they do it")):
        cancelled(order)
    house.work()
    refund = Refund.objects.get()
    assert (refund.state, refund.requested_by) == (state, who.pk)


def test_what_was_given_back_before_is_not_given_back_again(house: House) -> None:
    order, payment = ordered(house)
    pay(house, payment)
    intent = attempt_of(payment).gateway_payment_ref
    house.stripe.http.post(
        "/stripe/v1/refunds", data={"payment_intent": intent, "amount": "400"},
        auth=("sk_test_x", ""),
    ).raise_for_status()  # fmt: skip
    house.deliver()
    house.work()
    cancelled(order)
    house.work()
    assert given_back(house) == [400, 600]


def test_less_that_was_accepted_and_given_back_leaves_the_vendor_nothing(house: House) -> None:
    vendor = make_vendor(commission_bps=1000)
    order = make_order(vendor)
    payment = house.submitted(Money(800, "EUR"), purpose_id=order.pk)
    for row in (payment, attempt_of(payment)):
        row.amount_minor = 1000
        row.save()
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    pay(house, payment)
    accept_what_came(payment_id=payment.pk, decided_by=uuid4())
    house.work()
    assert owed_to(vendor.pk)["EUR"].payable == 900
    for minor in (300, 500):
        request_refund(
            payment_id=payment.pk, amount=Money(minor, "EUR"), reason="", requested_by=uuid4()
        )
        house.work()
    assert owed_to(vendor.pk)["EUR"].payable == 0
    assert not any(one.amount for one in balances(codes=["receivable:order"]))


def test_a_buyer_who_paid_twice_is_given_back_both(house: House) -> None:
    order, payment = ordered(house)
    page = house.session_of(payment)
    told(payment, seen_of(payment, Seen.EXPIRED, amount=TEN, gateway_ref=page))
    first = attempt_of(payment)
    second = payment.attempts.create(
        gateway="stripe", amount_minor=1000, currency="EUR", idempotency_key="second",
        expires_at=first.expires_at, livemode=False,
    )  # fmt: skip
    names = {"gateway_ref": "cs_2", "payment_ref": "pi_2"}
    for attempt, named in ((second, names), (first, {"gateway_ref": page})):
        shown = seen_of(payment, amount=TEN, **named)
        settle(attempt_id=attempt.pk, seen=shown, source="test")
    house.work()
    cancelled(order)
    house.work()
    asked = Refund.objects.filter(origin=RefundOrigin.CANCELLED)
    assert set(asked.values_list("attempt_id", "amount_minor")) == {
        (first.pk, 1000),
        (second.pk, 1000),
    }


def test_the_page_of_the_next_try_is_closed_when_the_first_is_paid_late(house: House) -> None:
    order, first = ordered(house)
    page = house.session_of(first)
    told(first, seen_of(first, Seen.FAILED, amount=TEN, gateway_ref=page))
    again(order, first)
    second = send_to_pay(order)
    assert second is not None
    assert (second.pk != first.pk, bool(second.authorization_url)) == (True, True)
    told(first, seen_of(first, amount=TEN, gateway_ref=page))
    house.work()
    again(order, second)
    assert (order.payment_status, order.payment_id) == (PaymentStatus.PAID, first.pk)
    assert (second.status, second.authorization_url) == (GatewayStatus.CANCELLED, "")


def test_a_refund_that_fails_makes_the_order_paid_again_and_says_so(house: House) -> None:
    order, payment = ordered(house)
    pay(house, payment)
    cancelled(order)
    house.work()
    house.stripe.fail_refund(str(Refund.objects.get().gateway_ref))
    house.deliver()
    house.work()
    again(order, payment)
    assert order.payment_status == PaymentStatus.PAID
    assert "A refund failed" in order.attention


def test_a_dispute_shows_on_the_order_until_it_is_won(house: House) -> None:
    order, payment = ordered(house)
    pay(house, payment)
    dispute = house.stripe.dispute(str(attempt_of(payment).gateway_payment_ref))
    house.deliver()
    house.work()
    again(order, payment)
    assert order.payment_status == PaymentStatus.DISPUTED
    assert "disputed" in order.attention
    house.stripe.close_dispute(dispute["id"], "won")
    house.deliver()
    house.work()
    again(order, payment)
    assert (order.payment_status, order.attention) == (PaymentStatus.PAID, "")


def test_an_amount_that_a_person_accepted_pays_the_order_and_is_noted(
    house: House, variant: Variant
) -> None:
    order = make_order(make_vendor())
    payment = house.submitted(Money(900, "EUR"), purpose_id=order.pk)
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    for row in (payment, attempt_of(payment)):
        row.amount_minor = 1000
        row.save()
    pay(house, payment)
    accept_what_came(payment_id=payment.pk, decided_by=uuid4(), why="Close enough.")
    house.work()
    again(order, payment)
    assert order.payment_status == PaymentStatus.PAID
    assert order.attention == "9.00 EUR was accepted, 10.00 EUR was owed."
    assert isinstance(order.payment_id, UUID)


def test_what_was_paid_elsewhere_is_said_to_be_given_back_there() -> None:
    order = make_order(
        make_vendor(), status="confirmed", payment_status=PaymentStatus.PAID,
        paid_at=timezone.now(),
    )  # fmt: skip
    cancelled(order)
    work_off(Queue.MONEY)
    note = Delivery.objects.get(
        subscriber__endswith="give_back_what_cancelled_orders_paid", state="ignored"
    ).last_error
    assert note == (
        f"{order.number} was paid outside Tradewind: give the money back where it came in."
    )
