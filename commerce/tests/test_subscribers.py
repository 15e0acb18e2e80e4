"""Who is told what, and what money that does not add up leaves behind."""

from uuid import UUID

import pytest

from commerce.enums import OrderStatus, PaymentStatus, ReservationState
from commerce.models import Order, OrderLine, Reservation, StockItem, Variant
from commerce.services.orders.paid import record_payment
from commerce.services.orders.status import change_status
from commerce.services.stock import promise, reserve
from commerce.tests.shop import make_order, make_variant, make_vendor
from core.enums import Queue
from core.events.worker import work_off
from core.ids import new_id
from core.models import Delivery, Event
from core.money import Money
from notifications.models import Notification

pytestmark = pytest.mark.django_db

TEN_EUROS = Money(1000, "EUR")


def work() -> None:
    for queue in (Queue.MONEY, Queue.DEFAULT, Queue.MONEY, Queue.DEFAULT):
        work_off(queue)


def told(kind: str) -> list[Notification]:
    return list(Notification.objects.filter(kind=kind).order_by("id"))


def hold(order: Order, variant: Variant, quantity: int = 1) -> None:
    reserve(order=order, promised=promise({variant: quantity}))


def outcome(subscriber: str) -> set[str]:
    return set(
        Delivery.objects.filter(subscriber=f"commerce.{subscriber}").values_list("state", flat=True)
    )


def test_the_buyer_is_told_of_the_order_once_in_their_language() -> None:
    order = make_order(make_vendor(), language="fr")
    work()
    (message,) = told("order_placed")
    assert (message.email, message.language) == (order.email, "fr")
    assert message.context["number"] == order.number
    assert message.context["lines"][0]["name"] == "Teapot"


def test_each_step_is_told_with_the_parcel() -> None:
    order = make_order(status="processing")
    change_status(order_id=order.pk, to="shipped", carrier="DHL", tracking_number="JP1")
    change_status(order_id=order.pk, to="delivered")
    work()
    (shipped,), (delivered,) = told("order_shipped"), told("order_delivered")
    (parcel,) = shipped.context["parcels"]
    assert (parcel["carrier"], parcel["tracking_number"]) == ("DHL", "JP1")
    assert "JP1" in parcel["url"]
    assert delivered.context["number"] == order.number


def test_each_vendor_is_told_of_its_own_lines_once() -> None:
    tea, iron = make_vendor(name="Tea"), make_vendor(name="Iron")
    order = make_order(tea, subtotal_minor=2500, total_minor=2500)
    OrderLine.objects.create(
        order=order, position=2, vendor=iron, sku="B", name="Pan", quantity=1, currency="EUR",
        unit_price_minor=1500, total_minor=1500,
    )  # fmt: skip
    for _ in range(3):
        record_payment(order_id=order.pk, payment_id=new_id(), amount=Money(2500, "EUR"))
    work()
    messages = {message.email: message.context for message in told("vendor_new_order")}
    assert set(messages) == {tea.contact_email, iron.contact_email}
    assert messages[iron.contact_email]["total"] == {"amount": "15.00", "currency": "EUR"}
    assert [line["name"] for line in messages[tea.contact_email]["lines"]] == ["Teapot"]


def test_paying_confirms_without_a_second_message() -> None:
    order = make_order(make_vendor())
    record_payment(order_id=order.pk, payment_id=new_id(), amount=TEN_EUROS)
    work()
    order.refresh_from_db()
    assert (order.status, order.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    assert told("order_confirmed") == []
    assert outcome("tell_buyer_of_step") == {"ignored"}


def test_an_order_is_paid_once_however_often_it_is_told() -> None:
    order = make_order(make_vendor())
    payment_id = new_id()
    for _ in range(3):
        record_payment(order_id=order.pk, payment_id=payment_id, amount=TEN_EUROS)
    assert Event.objects.filter(type="order.paid").count() == 1
    order.refresh_from_db()
    assert order.attention == ""


@pytest.mark.parametrize("amount", [Money(999, "EUR"), Money(1000, "USD"), Money(1001, "EUR")])
def test_a_wrong_amount_pays_nothing_and_asks_for_a_person(amount: Money) -> None:
    order = make_order()
    record_payment(order_id=order.pk, payment_id=new_id(), amount=amount)
    order.refresh_from_db()
    assert order.payment_status == PaymentStatus.UNPAID
    assert "is owed" in order.attention
    assert not Event.objects.filter(type="order.paid").exists()


def test_a_second_payment_asks_for_a_refund() -> None:
    order = make_order()
    record_payment(order_id=order.pk, payment_id=new_id(), amount=TEN_EUROS)
    record_payment(order_id=order.pk, payment_id=new_id(), amount=TEN_EUROS)
    order.refresh_from_db()
    assert "Paid a second time" in order.attention


def test_money_for_a_cancelled_order_is_booked_and_asks_for_a_refund(variant: Variant) -> None:
    order = make_order()
    hold(order, variant)
    change_status(order_id=order.pk, to="cancelled")
    record_payment(order_id=order.pk, payment_id=new_id(), amount=TEN_EUROS)
    order.refresh_from_db()
    assert (order.status, order.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.PAID)
    assert "refund is due" in order.attention
    stock = StockItem.objects.get()
    assert (stock.on_hand, stock.reserved) == (10, 0)


def test_an_order_cancelled_by_sql_gives_its_stock_back(variant: Variant) -> None:
    order = make_order()
    hold(order, variant, 3)
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    assert StockItem.objects.get().reserved == 3
    work()
    assert StockItem.objects.get().reserved == 0
    assert Reservation.objects.get().state == ReservationState.RELEASED


def test_the_goods_of_a_paid_order_that_is_cancelled_are_free_again(variant: Variant) -> None:
    order = make_order()
    hold(order, variant, 4)
    record_payment(order_id=order.pk, payment_id=new_id(), amount=TEN_EUROS)
    assert StockItem.objects.get().available == 6
    change_status(order_id=order.pk, to="cancelled")
    work()
    stock = StockItem.objects.get()
    assert (stock.on_hand, stock.reserved, stock.allocated) == (10, 0, 0)
    kinds = stock.movements.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["receive", "reserve", "allocate", "release"]


def test_a_payment_for_something_else_is_not_ours() -> None:
    from core.events import publish

    publish(
        type="payment.succeeded",
        subject="payment:x",
        data={
            "payment_id": str(new_id()), "purpose": "direct", "purpose_id": str(new_id()),
            "amount_minor": 1, "currency": "EUR", "reference": "x", "gateway": "stripe",
            "email": "a@example.com", "user_id": None,
        },
    )  # fmt: skip
    work_off(Queue.MONEY)
    assert outcome("mark_order_paid") == {"ignored"}


def test_orders_without_an_address_tell_nobody() -> None:
    make_order(email="")
    work()
    assert not Notification.objects.exists()
    assert outcome("confirm_order_to_buyer") == {"ignored"}


def test_no_vendor_can_be_reached() -> None:
    order = make_order(make_vendor(contact_email=""))
    record_payment(order_id=order.pk, payment_id=UUID(int=1), amount=TEN_EUROS)
    work()
    assert outcome("tell_vendors") == {"ignored"}
    make_variant(make_vendor())
