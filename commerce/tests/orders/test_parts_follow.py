"""Parts are there for every line, add up, and go where their order goes; and the other way."""

import pytest
from django.db import transaction

from commerce.enums import OrderStatus
from commerce.models import Order, OrderLine, OrderPart, OrderPartChange
from commerce.tests.orders.parcels import (
    add_up,
    line_of,
    order_of,
    parts_of,
    sql,
    statuses,
    two_vendors,
)
from commerce.tests.shop import make_order, make_vendor
from core.identity import Identity, Role, acting_as
from core.ids import new_id
from core.models import Event
from crm.models import Customer

pytestmark = pytest.mark.django_db

PART_LINE = (
    "INSERT INTO commerce_orderline (id, created_at, updated_at, order_id, position, vendor_id,"
    " sku, name, quantity, currency, unit_price_minor, total_minor)"
    " VALUES (%s, now(), now(), %s, %s, %s, 'X', 'X', 2, 'EUR', 700, 1400)"
)


def part_news(order: Order) -> list[Event]:
    events = Event.objects.filter(type="order.part_status_changed", subject=f"order:{order.pk}")
    return list(events.order_by("id"))


def move(order: Order, place: int, to: str) -> None:
    OrderPart.objects.filter(order=order, position=place).update(status=to)


def test_each_vendor_of_an_order_has_one_part_that_adds_up() -> None:
    ada, eve = make_vendor(), make_vendor()
    order = order_of(eve, ada, eve)
    parts = parts_of(order)
    assert [(part.vendor, part.number, part.total_minor) for part in parts] == [
        (eve, f"{order.number}-1", 2000),
        (ada, f"{order.number}-2", 1000),
    ]
    assert {part.placed_at for part in parts} == {Order.objects.get(pk=order.pk).placed_at}


def test_lines_by_raw_sql_have_parts_too() -> None:
    order, vendor = make_order(), make_vendor()
    sql(PART_LINE, new_id(), order.pk, 1, vendor.pk)
    add_up(order)
    (part,) = parts_of(order)
    assert (part.vendor, part.total_minor, part.status) == (vendor, 1400, "pending")


def test_a_part_follows_its_lines() -> None:
    ada, eve = make_vendor(), make_vendor()
    order = order_of(ada)
    line_of(order, 2, ada, 250).save()
    line_of(order, 3, eve, 400).save()
    assert [part.total_minor for part in parts_of(order)] == [1250, 400]
    OrderLine.objects.filter(order=order, position=2).update(quantity=3, total_minor=750)
    assert [part.total_minor for part in parts_of(order)] == [1750, 400]
    OrderLine.objects.filter(order=order, position=3).update(vendor=ada)
    assert [part.total_minor for part in parts_of(order)] == [2150, 0]
    OrderLine.objects.filter(order=order, position=1).update(discount_minor=100, tax_minor=30)
    add_up(order)
    part = parts_of(order)[0]
    figures = (part.subtotal_minor, part.discount_minor, part.tax_minor, part.total_minor)
    assert figures == (2150, 100, 30, 2080)


def test_a_part_whose_lines_are_gone_is_over_and_its_number_is_not_given_again() -> None:
    ada, eve, zoe = make_vendor(), make_vendor(), make_vendor()
    order = order_of(ada, eve)
    OrderLine.objects.filter(order=order, vendor=ada).delete()
    line_of(order, 3, zoe).save()
    add_up(order)
    assert [(part.vendor, part.number[-2:], part.status) for part in parts_of(order)] == [
        (ada, "-1", "cancelled"),
        (eve, "-2", "pending"),
        (zoe, "-3", "pending"),
    ]


def test_a_part_begins_where_its_order_stands() -> None:
    order = make_order(status="processing", carrier="DHL")
    line_of(order, 1, make_vendor()).save()
    add_up(order)
    (part,) = parts_of(order)
    assert (part.status, part.carrier) == ("processing", "DHL")


def test_an_order_is_as_far_as_its_least_far_part() -> None:
    order = two_vendors(status="processing")
    move(order, 1, "shipped")
    assert statuses(order) == ("processing", ["shipped", "processing"])
    move(order, 1, "delivered")
    assert statuses(order) == ("processing", ["delivered", "processing"])
    move(order, 2, "shipped")
    assert statuses(order) == ("shipped", ["delivered", "shipped"])
    move(order, 2, "delivered")
    assert statuses(order) == ("delivered", ["delivered", "delivered"])


def test_cancelled_parts_do_not_count() -> None:
    order = two_vendors(status="processing")
    move(order, 1, "shipped")
    move(order, 2, "cancelled")
    assert statuses(order) == ("shipped", ["shipped", "cancelled"])


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("cancelled", "cancelled", "cancelled"),
        ("cancelled", "refunded", "refunded"),
        ("refunded", "cancelled", "refunded"),
        ("refunded", "refunded", "refunded"),
    ],
)
def test_an_order_whose_parts_are_all_over_is_over(first: str, second: str, whole: str) -> None:
    order = two_vendors(status="confirmed")
    move(order, 1, first)
    move(order, 2, second)
    assert statuses(order) == (whole, [first, second])


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("to", OrderStatus)
def test_wherever_an_order_goes_its_parts_agree(status: OrderStatus, to: OrderStatus) -> None:
    order = two_vendors(status=status)
    Order.objects.filter(pk=order.pk).update(status=to)
    assert statuses(order) == (to, [to, to])
    assert part_news(order) == []


def test_a_part_that_is_ahead_waits_and_one_that_is_over_stays_over() -> None:
    order = order_of(make_vendor(), make_vendor(), make_vendor(), status="processing")
    move(order, 1, "delivered")
    move(order, 2, "cancelled")
    Order.objects.filter(pk=order.pk).update(status="shipped")
    assert statuses(order) == ("shipped", ["delivered", "cancelled", "shipped"])


def test_a_parcel_of_the_whole_order_is_the_parcel_of_its_parts() -> None:
    order = two_vendors(status="processing")
    Order.objects.filter(pk=order.pk).update(status="shipped", carrier="DHL", tracking_number="J1")
    assert {(part.carrier, part.tracking_number) for part in parts_of(order)} == {("DHL", "J1")}
    assert all(part.shipped_at for part in parts_of(order))


def test_the_parcel_of_an_only_part_is_the_order_s() -> None:
    order = order_of(make_vendor(), status="processing")
    OrderPart.objects.filter(order=order).update(
        status="shipped", carrier="UPS", tracking_number="1Z"
    )
    order.refresh_from_db()
    assert (order.status, order.carrier, order.tracking_number) == ("shipped", "UPS", "1Z")


def test_each_step_of_a_part_says_who_when_why_and_whether_the_order_led() -> None:
    order = two_vendors(status="processing")
    user_id = new_id()
    with acting_as(Identity(Role.MANAGER, user_id)), transaction.atomic():
        sql("SELECT set_config('app.status_reason', 'it was ready', true)")
        move(order, 1, "shipped")
        Order.objects.filter(pk=order.pk).update(status="shipped")
    first, second = OrderPartChange.objects.filter(order=order)
    assert (first.previous, first.status, first.with_order) == ("processing", "shipped", False)
    assert (first.actor_id, first.role, first.reason) == (user_id, "tw_manager", "it was ready")
    assert (second.part.position, second.with_order) == (2, True)


def test_a_part_that_goes_alone_is_news_once_and_says_whether_the_order_went_with_it() -> None:
    order = two_vendors(status="processing")
    move(order, 1, "shipped")
    move(order, 2, "shipped")
    first, second = part_news(order)
    assert first.data["part_number"] == f"{order.number}-1"
    assert (first.data["order_status"], first.data["previous_order_status"]) == (
        "processing", "processing",
    )  # fmt: skip
    assert (second.data["order_status"], second.data["previous_order_status"]) == (
        "shipped", "processing",
    )  # fmt: skip
    news = Event.objects.filter(type="order.status_changed", subject=f"order:{order.pk}")
    assert [event.data["status"] for event in news] == ["shipped"]


def test_what_hangs_on_a_part_knows_whose_it_is_and_follows_a_change() -> None:
    ada, eve = Customer.objects.create(name="Ada"), Customer.objects.create(name="Eve")
    order = two_vendors(customer=ada)
    move(order, 1, "confirmed")
    Order.objects.filter(pk=order.pk).update(customer=eve)
    assert {part.customer_id for part in parts_of(order)} == {eve.pk}
    assert set(OrderPartChange.objects.values_list("customer_id", flat=True)) == {eve.pk}


def test_many_orders_move_in_one_statement() -> None:
    orders = [two_vendors() for _ in range(4)]
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(status="confirmed")
    OrderPart.objects.filter(order__in=orders, position=1).update(status="shipped")
    assert {statuses(order) == ("confirmed", ["shipped", "confirmed"]) for order in orders} == {
        True
    }
    assert [len(part_news(order)) for order in orders] == [1, 1, 1, 1]
