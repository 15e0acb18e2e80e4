"""Whoever places an order or moves it, through whatever door: the same news, the same message."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.demo import create_demo_users
from accounts.services.tokens import begin_login
from commerce.enums import OrderStatus
from commerce.models import Order, OrderLine, OrderPart
from commerce.services.orders.status import change_status
from commerce.tests.orders.parcels import line_of
from commerce.tests.shop import make_order, make_vendor
from commerce.tests.shopper import Shopper
from core.embedded.programs import postgres_program
from core.enums import Queue
from core.events.worker import work_off
from core.ids import new_id
from core.models import Delivery, Event
from notifications.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)
SHIP = "UPDATE commerce_order SET status = 'shipped' WHERE id = '{}'"
AS_THE_HOUSE = "SET ROLE tw_system; "
PLACE = """
BEGIN;
INSERT INTO commerce_order (id, created_at, updated_at, number, email, currency, subtotal_minor,
                            total_minor, shipping_address, country, source)
VALUES (ORDER, now(), now(), 'TW-X-1', 'buyer@example.com', 'EUR', 1000, 1000, '{}', 'FR',
        'storefront');
INSERT INTO commerce_orderline (id, created_at, updated_at, order_id, position, vendor_id, sku,
                                name, quantity, currency, unit_price_minor, total_minor)
VALUES (LINE, now(), now(), ORDER, 1, VENDOR, 'A', 'Teapot', 1, 'EUR', 1000, 1000);
COMMIT
"""


def psql(statement: str) -> None:
    """The real program, with the login that serves requests."""
    there = connection.settings_dict
    done = subprocess.run(
        [
            postgres_program("psql"), "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1",
            "--host", str(there["HOST"]), "--port", str(there["PORT"]),
            "--username", there["USER"], "--dbname", there["NAME"],
            "--command", f"{AS_THE_HOUSE}{statement}",
        ],
        env=os.environ | {"PGPASSWORD": there["PASSWORD"] or ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def by_psql(order: Order) -> None:
    psql(SHIP.format(order.pk))


def by_a_connection_of_its_own(order: Order) -> None:
    there = connection.settings_dict
    with psycopg.connect(
        host=there["HOST"], port=there["PORT"], user=there["USER"],
        password=there["PASSWORD"], dbname=there["NAME"],
    ) as own:  # fmt: skip
        own.execute(f"{AS_THE_HOUSE}{SHIP.format(order.pk)}")


@transaction.atomic
def by_queryset(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.SHIPPED)


@transaction.atomic
def by_bulk_update(order: Order) -> None:
    order.status = OrderStatus.SHIPPED
    Order.objects.bulk_update([order], ["status"])


@transaction.atomic
def by_save(order: Order) -> None:
    order.status = OrderStatus.SHIPPED
    order.save()


@transaction.atomic
def by_its_only_part(order: Order) -> None:
    OrderPart.objects.filter(order=order).update(status=OrderStatus.SHIPPED)


def by_service(order: Order) -> None:
    change_status(order_id=order.pk, to="shipped")


def by_api(order: Order) -> None:
    with transaction.atomic():
        token = begin_login(user=_manager()).access
    staff = Shopper(Client(), Authorization=f"Bearer {token}")
    answer = staff.post(f"orders/{order.pk}/transitions/", {"to": "shipped"})
    assert answer.status_code == 200, answer.content


def by_admin(order: Order) -> None:
    desk = Client()
    with transaction.atomic():
        desk.force_login(_manager())
    desk.post(reverse("admin:commerce_order_step", args=[order.pk]), {"to": "shipped"})


def _manager() -> User:
    return User.objects.get(email="manager@example.com")


MOVES = [
    by_psql, by_a_connection_of_its_own, by_queryset, by_bulk_update, by_save, by_service, by_api,
    by_admin, by_its_only_part,
]  # fmt: skip


@pytest.mark.parametrize("door", MOVES)
def test_every_door_that_moves_an_order_is_heard_alike(door: Callable[[Order], None]) -> None:
    with transaction.atomic():
        create_demo_users()
        order = make_order(make_vendor(), status="processing")
        Delivery.objects.all().delete()  # of its placing
    door(order)
    with transaction.atomic():
        (event,) = Event.objects.filter(type="order.status_changed")
        heard = Delivery.objects.filter(event=event)
        assert set(heard.values_list("subscriber", flat=True)) >= {
            "commerce.tell_buyer_of_step", "commerce.follow_order_with_stock",
        }  # fmt: skip
        assert len(heard) == len(set(heard.values_list("subscriber", flat=True)))
        assert _of(event) == {
            "number": order.number, "status": "shipped", "previous_status": "processing",
            "payment_status": "unpaid", "previous_payment_status": "unpaid", "currency": "EUR",
            "total_minor": 1000, "country": "FR", "source": "storefront", "history": False,
        }  # fmt: skip
    _work()
    with transaction.atomic():
        told = Notification.objects.exclude(kind="order_placed")
        assert [message.kind for message in told] == ["order_shipped"]
        (step,) = order.status_changes.exclude(previous="")
        assert (step.previous, step.status) == ("processing", "shipped")
        assert order.parts.get().status == "shipped"


def _placed(order: Order) -> None:
    line_of(order, 1, make_vendor()).save()


@transaction.atomic
def placed_by_orm() -> None:
    _placed(make_order())


@transaction.atomic
def placed_in_bulk() -> None:
    order = Order(**_columns())
    Order.objects.bulk_create([order])
    OrderLine.objects.bulk_create([line_of(order, 1, make_vendor())])


def placed_by_psql() -> None:
    with transaction.atomic():
        vendor = make_vendor()
    values = _columns()
    words = {"ORDER": values["id"], "VENDOR": vendor.pk, "LINE": new_id()}
    statement = PLACE
    for word, value in words.items():
        statement = statement.replace(word, f"'{value}'")
    psql(statement)


@pytest.mark.parametrize("door", [placed_by_orm, placed_in_bulk, placed_by_psql])
def test_every_door_that_places_an_order_is_heard_alike(door: Callable[[], None]) -> None:
    door()
    _work()
    with transaction.atomic():
        (event,) = Event.objects.filter(type="order.placed")
        assert _of(event) | {"number": ""} == {
            "number": "", "status": "pending", "previous_status": None,
            "payment_status": "unpaid", "previous_payment_status": None, "currency": "EUR",
            "total_minor": 1000, "country": "FR", "source": "storefront", "history": False,
        }  # fmt: skip
        (message,) = Notification.objects.all()
        assert (message.kind, message.email) == ("order_placed", "buyer@example.com")
        assert [line["name"] for line in message.context["lines"]] == ["Teapot"]
        (part,) = OrderPart.objects.all()
        assert part.total_minor == 1000


def _columns() -> dict[str, Any]:
    return {
        "id": new_id(), "number": "TW-X-1", "email": "buyer@example.com", "currency": "EUR",
        "subtotal_minor": 1000, "total_minor": 1000, "shipping_address": {}, "country": "FR",
        "source": "storefront",
    }  # fmt: skip


def _of(event: Event) -> dict[str, Any]:
    """What an event says, but for ids, times and reasons."""
    apart = {"order_id", "customer_id", "user_id", "placed_at", "reason"}
    return {name: value for name, value in event.data.items() if name not in apart}


def _work() -> None:
    for queue in (Queue.MONEY, Queue.DEFAULT, Queue.MONEY, Queue.DEFAULT):
        work_off(queue)
