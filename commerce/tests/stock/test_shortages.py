"""Paid, but not in stock: flagged, told, waited for, served from elsewhere or given back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from commerce.models import Order, Reservation, Variant
from commerce.services.orders.shortages import refund_overdue, serve_from, wait_for_goods
from commerce.services.orders.status import change_status
from commerce.services.stock import OutOfStock, expire_holds, promise
from commerce.tests.stock.places import figures, let_lapse, order_of, pay, place, put
from commerce.tests.test_subscribers import work
from core.errors import Conflict
from core.models import Event
from notifications.models import Notification
from payments.models import Payment

pytestmark = pytest.mark.django_db


def late_order(make) -> tuple[Variant, Order]:
    """Its hold ran out, somebody else bought all, then its money came."""
    variant = make(stock=2)
    late = order_of(variant, 2)
    let_lapse(late)
    assert expire_holds() == 1
    pay(order_of(variant, 2))
    return variant, pay(late)


def test_holds_run_out_by_schedule_and_the_order_may_still_be_paid(make) -> None:
    variant = make(stock=2)
    order = order_of(variant, 2)
    item = variant.stock_items.get()
    assert expire_holds() == 0
    let_lapse(order)
    assert expire_holds() == 1
    assert figures(item) == (2, 0, 0)
    pay(order)
    assert figures(item) == (2, 0, 2)
    order.refresh_from_db()
    assert (order.status, order.attention) == ("confirmed", "")


def test_a_hold_that_is_over_goes_to_whoever_needs_the_pieces(make) -> None:
    variant = make(stock=2)
    first = order_of(variant, 2)
    with pytest.raises(OutOfStock):
        promise({variant: 1})
    let_lapse(first)
    order_of(variant, 1)
    assert first.reservations.get().state == "expired"
    assert figures(variant.stock_items.get()) == (2, 1, 0)


def test_a_hold_stays_while_its_money_is_on_its_way(make) -> None:
    variant = make(stock=2)
    order = order_of(variant, 2)
    Payment.objects.create(
        purpose="order", purpose_id=order.pk, email="a@example.com", amount_minor=2000,
        currency="EUR", gateway="stripe", status="processing",
    )  # fmt: skip
    let_lapse(order)
    assert expire_holds() == 0
    with pytest.raises(OutOfStock):
        promise({variant: 1})


def test_money_that_comes_too_late_flags_the_order_and_tells_its_buyer(make) -> None:
    variant, order = late_order(make)
    order.refresh_from_db()
    assert order.payment_status == "paid"
    assert order.attention == f"Paid, but not in stock: 2 × {variant.sku}"
    (row,) = order.reservations.filter(state="waiting")
    assert row.expires_at is not None
    assert figures(variant.stock_items.get()) == (2, 0, 2)
    work()
    told = Notification.objects.get(kind="order_waits_for_stock")
    assert told.email == order.email
    assert told.context["lines"] == [{"name": "Pot", "quantity": 2}]
    assert "UTC" in told.context["refund_on"]


def test_goods_that_come_serve_first_who_has_paid(make) -> None:
    variant, order = late_order(make)
    put(variant, variant.stock_items.get().location, 2)
    with pytest.raises(OutOfStock):  # nobody overtakes the paid order
        promise({variant: 1})
    work()
    order.refresh_from_db()
    assert order.attention == ""
    assert figures(variant.stock_items.get()) == (4, 0, 4)
    work()
    assert Notification.objects.filter(kind="order_back_in_stock").count() == 1


def test_a_waiting_order_is_not_shipped(make) -> None:
    _, order = late_order(make)
    with pytest.raises(OutOfStock):
        change_status(order_id=order.pk, to="shipped")
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_staff_take_it_from_a_location_that_sells_nothing(make) -> None:
    variant, order = late_order(make)
    reserve_shelf = put(variant, place("Museum", is_active=False), 2)
    row = order.reservations.get(state="waiting")
    serve_from(reservation_id=row.pk, location_id=reserve_shelf.location_id)
    order.refresh_from_db()
    assert order.attention == ""
    assert figures(reserve_shelf) == (2, 0, 2)
    with pytest.raises(Conflict):
        serve_from(reservation_id=row.pk, location_id=reserve_shelf.location_id)


def test_after_its_time_it_is_cancelled_by_itself(make, settings) -> None:
    _, order = late_order(make)
    assert refund_overdue() == 0
    Reservation.objects.filter(state="waiting").update(
        expires_at=timezone.now() - timedelta(minutes=1)
    )
    assert refund_overdue() == 1
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.status_changes.last().reason == "not in stock within 72 hours"
    assert not order.reservations.filter(state="waiting").exists()
    assert refund_overdue() == 0


def test_who_decides_to_wait_is_not_refunded(make) -> None:
    _, order = late_order(make)
    Reservation.objects.filter(state="waiting").update(
        expires_at=timezone.now() - timedelta(minutes=1)
    )
    wait_for_goods(order_id=order.pk, reason="The maker promised Friday.")
    assert refund_overdue() == 0
    order.refresh_from_db()
    assert order.status == "confirmed"


def test_without_a_number_of_hours_a_person_decides(make, settings) -> None:
    settings.STOCK_REFUND_AFTER_HOURS = 0
    _, order = late_order(make)
    assert order.reservations.get(state="waiting").expires_at is None
    assert Event.objects.get(type="order.out_of_stock").data["refund_at"] is None
