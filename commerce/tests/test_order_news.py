"""Whoever writes an order, in whatever way, raises one event and writes one line of history."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection, transaction

from commerce.enums import OrderStatus
from commerce.models import Order, OrderStatusChange
from commerce.services.orders.status import change_status
from commerce.tests.shop import make_order, make_vendor
from core.identity import Identity, Role, acting_as
from core.ids import new_id
from core.models import Event
from crm.models import Customer

pytestmark = pytest.mark.django_db


def events(kind: str, order: Order) -> list[Event]:
    return list(Event.objects.filter(type=kind, subject=f"order:{order.pk}").order_by("id"))


def by_service(order: Order) -> None:
    change_status(order_id=order.pk, to="confirmed", reason="by hand")


def by_save(order: Order) -> None:
    order.status = OrderStatus.CONFIRMED
    order.save()


def by_queryset(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CONFIRMED)


def by_bulk_update(order: Order) -> None:
    order.status = OrderStatus.CONFIRMED
    Order.objects.bulk_update([order], ["status"])


def by_sql(order: Order) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commerce_order SET status = 'confirmed' WHERE id = %s", [order.pk])


@pytest.mark.parametrize("way", [by_service, by_save, by_queryset, by_bulk_update, by_sql])
def test_every_way_of_changing_a_status_raises_the_same_one_event(
    way: Callable[[Order], None],
) -> None:
    order = make_order()
    way(order)
    (event,) = events("order.status_changed", order)
    assert event.data["previous_status"] == "pending"
    assert event.data["status"] == "confirmed"
    assert event.data["order_id"] == str(order.pk)
    assert event.data["number"] == order.number
    assert event.data["history"] is False
    steps = OrderStatusChange.objects.filter(order=order).values_list("previous", "status")
    assert list(steps) == [("", "pending"), ("pending", "confirmed")]


def test_an_order_by_raw_sql_is_announced_too() -> None:
    order_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commerce_order (id, number, created_at, updated_at, currency, email,"
            " shipping_address, country, source, subtotal_minor, total_minor)"
            " VALUES (%s, 'X-1', now(), now(), 'EUR', '', '{}', '', 'storefront', 500, 500)",
            [order_id],
        )
    (event,) = Event.objects.filter(type="order.placed", subject=f"order:{order_id}")
    assert event.data["total_minor"] == 500
    assert event.data["previous_status"] is None


def test_a_bulk_change_writes_its_events_in_one_statement() -> None:
    orders = [make_order() for _ in range(5)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM core_event")
        (before,) = cursor.fetchone()
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(status="cancelled")
    found = Event.objects.filter(id__gt=before, type="order.status_changed")
    assert {event.subject for event in found} == {f"order:{order.pk}" for order in orders}
    assert len({event.created_at for event in found}) == 1


def test_what_is_no_change_of_status_is_no_news() -> None:
    order = make_order()
    Order.objects.filter(pk=order.pk).update(notes="fragile")
    Order.objects.filter(pk=order.pk).update(status="pending")
    assert events("order.status_changed", order) == []


def test_history_says_who_when_and_why() -> None:
    order = make_order()
    user_id = UUID("0192f0c0-0000-7000-8000-000000000001")
    with acting_as(Identity(Role.MANAGER, user_id)):
        change_status(order_id=order.pk, to="cancelled", reason="the buyer rang")
    step = OrderStatusChange.objects.get(order=order, status="cancelled")
    assert step.actor_id == user_id
    assert step.role == "tw_manager"
    assert step.reason == "the buyer rang"
    assert step.at is not None


def test_old_orders_coming_in_are_marked_as_history() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.history', 'on', true)")
    order = make_order()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.history', '', true)")
    assert events("order.placed", order)[0].data["history"] is True


def test_a_change_that_is_rolled_back_is_no_news() -> None:
    order = make_order()
    undone = transaction.atomic()
    undone.__enter__()
    change_status(order_id=order.pk, to="confirmed")
    assert len(events("order.status_changed", order)) == 1
    undone.__exit__(RuntimeError, RuntimeError(), None)
    assert events("order.status_changed", order) == []


def test_what_hangs_on_an_order_knows_whose_it_is_and_follows_a_change() -> None:
    ada = Customer.objects.create(name="Ada")
    eve = Customer.objects.create(name="Eve")
    order = make_order(make_vendor(), customer=ada)
    assert order.lines.get().customer_id == ada.pk
    Order.objects.filter(pk=order.pk).update(customer=eve)
    assert order.lines.get().customer_id == eve.pk
    assert order.status_changes.get().customer_id == eve.pk
