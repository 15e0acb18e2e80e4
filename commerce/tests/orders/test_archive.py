"""Closed half a year ago: out of the lists, found by search, back when something happens."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from commerce.models import Order
from commerce.services.orders.archive import archive_orders, bring_back, count_due
from commerce.tests.orders.parcels import sql
from commerce.tests.shop import make_order
from commerce.tests.shopper import Shopper

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=200)


def old(status: str = "delivered", **fields: object) -> Order:
    """An order whose last step was taken long ago."""
    order = make_order(status=status, placed_at=LONG_AGO, **fields)
    Order.objects.filter(pk=order.pk).update(updated_at=LONG_AGO)
    return order


def archived() -> set[str]:
    return set(Order.objects.exclude(archived_at=None).values_list("number", flat=True))


def numbers(shopper: Shopper, **query: str) -> set[str]:
    return {order["number"] for order in shopper.get("orders/", **query).json()["data"]}


def test_only_what_is_over_and_in_order_is_archived() -> None:
    over = {old(status).number for status in ("delivered", "cancelled", "refunded")}
    old("shipped")
    old(attention="Refund one.")
    old(payment_status="disputed", paid_at=LONG_AGO)
    make_order(status="delivered")
    late = make_order(status="pending", placed_at=LONG_AGO)
    Order.objects.filter(pk=late.pk).update(status="cancelled")  # closed today
    Order.objects.filter(pk=late.pk).update(updated_at=LONG_AGO)
    assert count_due() == 3
    assert archived() == set()
    assert sum(archive_orders(batch=2)) == 3
    assert archived() == over
    assert list(archive_orders()) == []


def test_staff_lists_leave_it_out_and_search_finds_it(staff: dict[str, Shopper]) -> None:
    gone, live = old(), make_order()
    sum(archive_orders())
    manager = staff["manager"]
    assert numbers(manager) == {live.number}
    assert numbers(manager, archived="true") == {gone.number}
    assert numbers(manager, search=gone.number) == {gone.number}
    assert numbers(manager, number=gone.number) == {gone.number}
    answer = manager.get(f"orders/{gone.pk}/")
    assert answer.json()["data"]["archived_at"]


def test_a_buyer_keeps_their_old_orders_in_sight(staff: dict[str, Shopper]) -> None:
    from accounts.models import User

    gone = old(user=User.objects.get(email="shopper@example.com"))
    sum(archive_orders())
    assert numbers(staff["shopper"]) == {gone.number}


@pytest.mark.parametrize("change", [
    "status = 'refunded'", "payment_status = 'disputed', paid_at = now()", "attention = 'Look.'",
])  # fmt: skip
def test_whatever_happens_to_it_brings_it_back(change: str) -> None:
    order = old()
    sum(archive_orders())
    sql(f"UPDATE commerce_order SET {change} WHERE id = %s", order.pk)  # noqa: S608  - above
    assert archived() == set()


def test_what_somebody_brought_back_stays_for_a_while(staff: dict[str, Shopper]) -> None:
    order = old()
    sum(archive_orders())
    answer = staff["manager"].post(f"orders/{order.pk}/bring-back/", {})
    assert answer.json()["data"]["archived_at"] is None
    assert list(archive_orders()) == []
    assert bring_back(order_id=order.pk).archived_at is None


def test_the_command_can_look_without_touching(capsys: pytest.CaptureFixture[str]) -> None:
    old()
    call_command("archive_orders", dry_run=True)
    assert "1 orders would be archived" in capsys.readouterr().out
    assert archived() == set()
    call_command("archive_orders")
    assert "1 orders archived" in capsys.readouterr().out
    assert len(archived()) == 1


def test_live_lists_read_an_index_that_holds_no_archived_order() -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "INSERT INTO commerce_order (id, number, created_at, updated_at, currency, email,"
            " shipping_address, country, source, subtotal_minor, total_minor, status, placed_at,"
            " archived_at) SELECT gen_random_uuid(), 'X-' || n, now(), now(), 'EUR', '', '{}', '',"
            " 'import', 5, 5, 'delivered', now() - n * interval '1 hour',"
            " CASE WHEN n > 100 THEN now() END FROM generate_series(1, 3000) n"
        )
    orders = Order.objects.filter(archived_at__isnull=True).order_by("-placed_at", "-id")
    plan = orders[:100].explain()
    assert "commerce_order_live" in plan, plan
    assert "Sort" not in plan, plan
