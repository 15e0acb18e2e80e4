"""Figures and their movements: held by the database, news once a crossing, backorders in bounds."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from commerce.models import StockItem, StockMovement, Variant
from commerce.services.orders.status import change_status
from commerce.services.stock import (
    OutOfStock,
    correct_stock,
    promise,
    receive_stock,
    release_stock,
    set_limits,
    ship_stock,
    unship_stock,
)
from commerce.tests.stock.places import figures, order_of, pay, place, put
from commerce.tests.test_subscribers import work
from core.errors import Conflict
from core.models import Event
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def news() -> list[str]:
    told = Event.objects.filter(type__startswith="stock.").order_by("id")
    return list(told.values_list("type", flat=True))


def test_paid_pieces_stay_on_the_shelf_until_they_are_shipped(variant: Variant) -> None:
    item = variant.stock_items.get()
    order = order_of(variant, 2)
    assert figures(item) == (10, 2, 0)
    pay(order)
    assert figures(item) == (10, 0, 2)
    change_status(order_id=order.pk, to="shipped")
    assert figures(item) == (8, 0, 0)
    work()  # the news of it takes nothing a second time
    assert figures(item) == (8, 0, 0)
    assert order.reservations.get().state == "shipped"


def test_shipped_by_sql_leaves_the_shelf_too_and_what_was_uncounted_is_mended(
    variant: Variant,
) -> None:
    item = variant.stock_items.get()
    set_limits(item_id=item.pk, backorder_limit=5)
    order = pay(order_of(variant, 12))
    with pytest.raises(OutOfStock):
        change_status(order_id=order.pk, to="shipped")
    type(order).objects.filter(pk=order.pk).update(status="shipped")
    work()
    assert figures(item) == (0, 0, 0)
    assert item.movements.get(kind="correct").on_hand_change == 2


def test_shipping_that_is_taken_back_lies_on_the_shelf_and_can_be_shipped_again(
    variant: Variant,
) -> None:
    item = variant.stock_items.get()
    order = pay(order_of(variant, 3))
    change_status(order_id=order.pk, to="shipped")
    assert [unship_stock(order_id=order.pk) for _ in range(2)] == [3, 0]
    assert figures(item) == (10, 0, 3)
    assert ship_stock(order_id=order.pk) == 3
    assert figures(item) == (7, 0, 0)
    unship_stock(order_id=order.pk)
    assert release_stock(order_id=order.pk) == 3
    assert figures(item) == (10, 0, 0)


def test_a_part_is_shipped_and_a_part_given_up(variant: Variant) -> None:
    item = variant.stock_items.get()
    order = pay(order_of(variant, 5))
    assert ship_stock(order_id=order.pk, pieces={variant.pk: 2}) == 2
    assert figures(item) == (8, 0, 3)
    assert release_stock(order_id=order.pk, pieces={variant.pk: 1}) == 1
    assert figures(item) == (8, 0, 2)
    assert ship_stock(order_id=order.pk) == 2
    assert ship_stock(order_id=order.pk) == 0
    assert figures(item) == (6, 0, 0)


def test_backorders_are_sold_up_to_their_limit(variant: Variant) -> None:
    item = variant.stock_items.get()
    with pytest.raises(OutOfStock):
        promise({variant: 12})
    set_limits(item_id=item.pk, backorder_limit=2)
    pay(order_of(variant, 12))
    with pytest.raises(OutOfStock):
        promise({variant: 1})
    with pytest.raises(Conflict):
        set_limits(item_id=item.pk, backorder_limit=1)


@pytest.mark.parametrize(
    "change",
    [{"reserved": 11}, {"allocated": 11}, {"on_hand": -1}, {"allocated": -1}, {"low_at": -1},
     {"reserved": 6, "allocated": 5}, {"backorder_limit": -1}],
)  # fmt: skip
def test_the_database_refuses_figures_that_cannot_be(variant: Variant, change: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        StockItem.objects.filter(variant=variant).update(**change)


def test_movements_are_neither_changed_nor_deleted(variant: Variant) -> None:
    movements = StockMovement.objects.filter(item__variant=variant)
    for deed in (lambda: movements.update(on_hand_change=1), movements.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    with pytest.raises(TypeError):
        movements.get().save()


def test_a_buyer_nearby_is_served_from_nearby_and_a_closed_place_sells_nothing(make) -> None:
    variant = make(stock=0)
    lyon, osaka = place("Lyon", country="FR"), place("Osaka", country="JP")
    for where in (lyon, osaka):
        put(variant, where, 3)
    (part,) = promise({variant: 1}, country="KR")
    assert part.item.location == osaka
    osaka.is_active = False
    osaka.save()
    (part,) = promise({variant: 1}, country="KR")
    assert part.item.location == lyon
    with pytest.raises(OutOfStock) as refused:
        promise({variant: 4}, country="KR")
    assert refused.value.details["out_of_stock"][0]["available"] == 3


def test_an_order_split_over_locations_ships_from_each(make) -> None:
    variant = make(stock=0)
    here, there = (put(variant, place(name), 2) for name in ("A", "B"))
    order = pay(order_of(variant, 3))
    assert (figures(here), figures(there)) == ((2, 0, 2), (2, 0, 1))
    change_status(order_id=order.pk, to="shipped")
    assert (figures(here), figures(there)) == ((0, 0, 0), (1, 0, 0))


def test_low_and_out_are_told_once_a_crossing(variant: Variant) -> None:
    order_of(variant, 4)
    assert news() == []
    order_of(variant, 1)
    assert news() == ["stock.low"]
    order_of(variant, 1)
    last = order_of(variant, 4)
    assert news() == ["stock.low", "stock.out"]
    release_stock(order_id=last.pk)
    assert news() == ["stock.low", "stock.out", "stock.back"]
    order_of(variant, 1)  # still low, nothing new
    assert news() == ["stock.low", "stock.out", "stock.back"]
    receive_stock(variant_id=variant.pk, quantity=20, source="delivery:2")
    item = variant.stock_items.get()
    assert (item.low_since, item.out_since) == (None, None)
    correct_stock(variant_id=variant.pk, change=-18, reason="Fire", source="fire")
    assert news()[-1] == "stock.low"


def test_staff_and_vendor_hear_of_it_once_a_day(variant: Variant, settings) -> None:
    order = order_of(variant, 5)
    release_stock(order_id=order.pk)
    order_of(variant, 5)
    assert news() == ["stock.low", "stock.low"]
    work()
    told = Notification.objects.filter(kind="stock_low").values_list("email", flat=True)
    assert sorted(told) == sorted([settings.ADMIN_EMAIL, variant.vendor.contact_email])
