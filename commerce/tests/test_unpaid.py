"""Unpaid orders are let go after a day; refunds and disputes show on their order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from commerce.enums import OrderSource, PaymentStatus
from commerce.models import Order, Reservation, StockItem, Variant
from commerce.services.orders import unpaid
from commerce.services.orders.paid import record_money_going_back, record_payment
from commerce.services.orders.status import change_status
from commerce.services.orders.unpaid import HELD_FOR, cancel_unpaid_orders
from commerce.services.stock import promise, reserve
from commerce.tests.shop import make_order
from core.errors import Conflict
from core.ids import new_id
from core.money import Money
from core.schedule import JOBS, run_by_hand
from payments.models import Payment

pytestmark = pytest.mark.django_db


def old_order(**fields: object) -> Order:
    return make_order(placed_at=timezone.now() - HELD_FOR - timedelta(minutes=1), **fields)


def test_an_order_nobody_paid_is_cancelled_and_its_stock_is_free(variant: Variant) -> None:
    order = old_order()
    reserve(order=order, promised=promise({variant: 2}))
    assert cancel_unpaid_orders() == 1
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.status_changes.last().reason == "not paid within 24 hours"
    assert StockItem.objects.get().reserved == 0
    assert Reservation.objects.get().state == "released"
    assert cancel_unpaid_orders() == 0


def test_what_is_young_paid_elsewhere_or_on_its_way_stays() -> None:
    make_order()
    old_order(payment_status=PaymentStatus.PAID, paid_at=timezone.now())
    old_order(source=OrderSource.ADMIN)
    old_order(status="processing")
    on_its_way = old_order()
    Payment.objects.create(
        purpose="order", purpose_id=on_its_way.pk, email="a@example.com", amount_minor=1000,
        currency="EUR", gateway="stripe", status="processing",
    )  # fmt: skip
    assert cancel_unpaid_orders() == 0
    assert not Order.objects.filter(status="cancelled").exists()


def test_an_order_that_cannot_be_cancelled_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stuck, other = old_order(), old_order()

    def refuse(*, order_id: object, **rest: object) -> Order:
        if order_id == stuck.pk:
            raise Conflict("Somebody else has it.")
        return change_status(order_id=order_id, **rest)

    monkeypatch.setattr(unpaid, "change_status", refuse)
    assert cancel_unpaid_orders() == 1
    assert Order.objects.get(status="cancelled") == other


def test_the_job_is_in_the_schedule() -> None:
    old_order()
    assert JOBS["commerce.unpaid_orders"].purpose
    run_by_hand("commerce.unpaid_orders")
    assert Order.objects.get().status == "cancelled"


def paid_order() -> Order:
    order = make_order()
    return record_payment(order_id=order.pk, payment_id=new_id(), amount=Money(1000, "EUR"))


@pytest.mark.parametrize("status", ["partially_refunded", "refunded", "disputed"])
def test_what_became_of_its_payment_shows_on_the_order(status: str) -> None:
    order = paid_order()
    assert order.payment_id is not None
    record_money_going_back(order_id=order.pk, payment_id=order.payment_id, status=status)
    order.refresh_from_db()
    assert order.payment_status == status
    assert ("disputed" in order.attention) == (status == "disputed")


def test_a_second_payment_that_is_given_back_leaves_the_order_paid() -> None:
    order = paid_order()
    record_money_going_back(order_id=order.pk, payment_id=new_id(), status="refunded")
    order.refresh_from_db()
    assert order.payment_status == PaymentStatus.PAID


def test_a_refund_that_overtakes_its_payment_is_not_lost() -> None:
    order = make_order(payment_id=new_id())
    assert order.payment_id is not None
    with pytest.raises(Conflict):
        record_money_going_back(order_id=order.pk, payment_id=order.payment_id, status="refunded")
    record_payment(order_id=order.pk, payment_id=order.payment_id, amount=Money(1000, "EUR"))
    record_money_going_back(order_id=order.pk, payment_id=order.payment_id, status="refunded")
    order.refresh_from_db()
    assert order.payment_status == PaymentStatus.REFUNDED


def test_a_whole_refund_settles_what_was_due() -> None:
    order = paid_order()
    Order.objects.filter(pk=order.pk).update(attention="a refund is due")
    assert order.payment_id is not None
    record_money_going_back(order_id=order.pk, payment_id=order.payment_id, status="refunded")
    order.refresh_from_db()
    assert order.attention == ""
