"""A part is cancelled: its share goes back to the buyer, once, and the order goes on."""

import pytest
from django.utils import timezone

from accounts.services.demo import create_demo_users
from commerce.enums import PaymentStatus
from commerce.models import Order, OrderLine, OrderPart
from commerce.services.orders.cancelled_part import give_back_part, price_of
from commerce.services.orders.parts import change_part_status
from commerce.services.orders.status import change_status
from commerce.tests.orders.parcels import order_of, parts_of, statuses, two_vendors
from commerce.tests.shop import make_vendor
from core.identity import Identity, Role, acting_as
from core.money import Money
from notifications.models import Notification
from payments.enums import RefundState
from payments.models import Payment, Refund
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def paid(house: House, order: Order | None = None) -> tuple[Order, Payment]:
    """Two vendors at 10 EUR each, paid at the gateway."""
    order = order or two_vendors()
    payment = house.submitted(order.total, purpose_id=order.pk)
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()
    return order, payment


def given_back(house: House) -> list[int]:
    return [one["amount"] for one in house.stripe.stripe_book()["refunds"]]


def test_the_share_of_a_cancelled_part_goes_back_and_the_rest_goes_on(house: House) -> None:
    order, _ = paid(house)
    lost, kept = parts_of(order)
    change_part_status(part_id=lost.pk, to="cancelled", reason="sold out")
    house.work()
    house.deliver()
    house.work()
    order.refresh_from_db()
    assert given_back(house) == [1000]
    assert order.payment_status == PaymentStatus.PARTIALLY_REFUNDED
    assert statuses(order) == ("confirmed", ["cancelled", "confirmed"])
    told = Notification.objects.get(kind="order_part_cancelled")
    assert told.context["lines"] == [{"name": "Teapot", "quantity": 1}]
    change_part_status(part_id=kept.pk, to="shipped")
    assert statuses(order) == ("shipped", ["cancelled", "shipped"])


def test_it_goes_back_once_and_the_rest_with_the_order(house: House) -> None:
    order, _ = paid(house)
    lost = parts_of(order)[0]
    change_part_status(part_id=lost.pk, to="cancelled")
    house.work()
    for _ in range(2):
        assert give_back_part(part_id=lost.pk, requested_by=None)
    change_status(order_id=order.pk, to="cancelled")
    house.work()
    house.deliver()
    house.work()
    order.refresh_from_db()
    assert sorted(given_back(house)) == [1000, 1000]
    assert order.payment_status == PaymentStatus.REFUNDED


def test_the_last_part_takes_everything_with_it(house: House) -> None:
    order, _ = paid(house)
    OrderPart.objects.filter(order=order).update(status="cancelled")  # as by psql
    house.work()
    house.deliver()
    house.work()
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert given_back(house) == [2000]


def test_an_agent_s_cancellation_waits_for_somebody_who_may_give_refunds(house: House) -> None:
    order, _ = paid(house)
    agent = create_demo_users()["agent"]
    lost = parts_of(order)[0]
    with acting_as(Identity(Role.MANAGER, agent.pk)):
        change_part_status(part_id=lost.pk, to="cancelled")
    house.work()
    refund = Refund.objects.get()
    assert (refund.state, refund.requested_by) == (RefundState.REQUESTED, agent.pk)
    assert given_back(house) == []


def test_what_was_paid_elsewhere_is_left_to_a_person(house: House) -> None:
    order = two_vendors(
        status="confirmed", payment_status=PaymentStatus.PAID, paid_at=timezone.now()
    )
    change_part_status(part_id=parts_of(order)[0].pk, to="cancelled")
    house.work()
    order.refresh_from_db()
    assert "10.00" in order.attention
    assert not Refund.objects.exists()


def test_an_unpaid_part_gives_nothing_back(house: House) -> None:
    order = two_vendors()
    change_part_status(part_id=parts_of(order)[0].pk, to="cancelled")
    house.work()
    order.refresh_from_db()
    assert (order.attention, Refund.objects.count()) == ("", 0)


def test_a_buyer_who_pays_for_a_part_that_was_cancelled_gets_its_share_back(house: House) -> None:
    order = two_vendors()
    payment = house.submitted(order.total, purpose_id=order.pk)
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    change_part_status(part_id=parts_of(order)[0].pk, to="cancelled")
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()
    assert given_back(house) == [1000]
    assert statuses(order) == ("confirmed", ["cancelled", "confirmed"])


def test_prices_of_parts_add_up_to_the_order_without_its_shipping() -> None:
    order = order_of(make_vendor(), make_vendor(), make_vendor())
    lines = OrderLine.objects.filter(order=order)
    lines.filter(position=1).update(unit_price_minor=333, total_minor=333, discount_minor=33)
    lines.filter(position=2).update(tax_minor=7)
    Order.objects.filter(pk=order.pk).update(
        subtotal_minor=2333, discount_minor=33, tax_minor=7, shipping_minor=490,
        total_minor=2333 - 33 + 7 + 490,
    )  # fmt: skip
    order.refresh_from_db()
    prices = [price_of(order, part) for part in parts_of(order)]
    assert prices == [Money(300, "EUR"), Money(1007, "EUR"), Money(1000, "EUR")]
