"""Every row lock of this floor, so that their order can be read in one place.

Whoever needs several takes them in this order and so cannot deadlock with another:
cart → order → customer → coupons by id → product → change of prices → variants by id →
stock items by id → reservations → order counter.
"""

import re
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from commerce.models import (
    Cart,
    Coupon,
    Order,
    PriceChange,
    Product,
    Reservation,
    ReturnRequest,
    StockItem,
    Variant,
    Vendor,
)
from core.errors import NotFound

OUR_NUMBER = re.compile(r"TW-([0-9]{4})-([0-9]{6,9})")


def lock_cart(token_hash: bytes) -> Cart:
    """The cart behind a token; other checkouts and changes of it wait. Raises NotFound."""
    locked = Cart.objects.select_for_update(of=("self",))
    cart = (
        locked.filter(token_hash=token_hash).first()
        or locked.filter(keys__token_hash=token_hash).first()
    )
    if cart is None:
        raise NotFound("There is no such cart.")
    return cart


def lock_carts(cart_ids: Iterable[UUID]) -> dict[UUID, Cart]:
    """Several carts, locked in the order of their ids, so that two who join carts cannot meet
    crosswise; those that are gone are left out."""
    found = Cart.objects.select_for_update(of=("self",)).filter(pk__in=list(cart_ids))
    return {cart.pk: cart for cart in found.order_by("pk")}


def lock_vendor(vendor_id: UUID) -> Vendor:
    """One vendor; other steps of its life and changes of its members wait. Sales do not. It is
    locked before anything else and with nothing else of the above. Raises NotFound."""
    vendor = Vendor.objects.select_for_update(no_key=True).filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound("There is no such vendor.")
    return vendor


def lock_applications(user_id: UUID) -> None:
    """What one person applies for is counted by one transaction at a time."""
    _lock_idea(f"vendor applications of {user_id}")


def lock_tree(*, shared: bool = False) -> None:
    """The tree of categories and the custom fields it defines: one change at a time. Those who
    write values by it hold it together (`shared`). Taken before any row."""
    _lock_idea("categories", shared=shared)


def lock_rates() -> None:
    """Who writes exchange rates waits for others who do; readers never wait. It is taken first and
    alone: nobody who writes rates holds a row."""
    _lock_idea("rates")


def _lock_idea(name: str, *, shared: bool = False) -> None:
    """Something that is no row, until commit."""
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"commerce {name}"])


def lock_order(order_id: UUID) -> Order:
    """One order; other changes of it wait. Raises NotFound."""
    order = Order.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such order.")
    return order


def lock_product(product_id: UUID) -> Product:
    """One product; other changes of it, its options, variants and pictures wait, and a file is
    locked after it. Sales do not wait. As the caller: one they may not change is not found. Raises
    NotFound."""
    product = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if product is None:
        raise NotFound("There is no such product, or it is not yours to change.")
    return product


def lock_variants(variant_ids: Iterable[UUID]) -> dict[UUID, Variant]:
    """Variants by id, in the order of their ids; other changes of their prices wait, sales do not.
    Raises NotFound when one is missing."""
    wanted = set(variant_ids)
    found = Variant.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("id")
    variants = {variant.pk: variant for variant in found}
    if len(variants) < len(wanted):
        raise NotFound("There is no such variant.")
    return variants


def lock_price_change(change_id: UUID) -> PriceChange:
    """A change of many prices, before its variants. Raises NotFound."""
    change = PriceChange.objects.select_for_update(no_key=True).filter(pk=change_id).first()
    if change is None:
        raise NotFound("There is no such change of prices.")
    return change


def lock_return(return_id: UUID) -> ReturnRequest:
    """One return; its order is locked already. Raises NotFound."""
    found = ReturnRequest.objects.select_for_update(of=("self",)).filter(pk=return_id)
    request = found.select_related("order").first()
    if request is None:
        raise NotFound("There is no such return.")
    return request


def lock_stock(variant_ids: Iterable[UUID]) -> dict[UUID, list[StockItem]]:
    """The stock items of variants at all locations, locked by id; a list a variant."""
    items = _locked_items(StockItem.objects.filter(variant_id__in=list(variant_ids)))
    found: dict[UUID, list[StockItem]] = {}
    for item in items:
        found.setdefault(item.variant_id, []).append(item)
    return found


def lock_items(item_ids: Iterable[UUID]) -> dict[UUID, StockItem]:
    """These stock items, locked in the order of their ids."""
    return {i.pk: i for i in _locked_items(StockItem.objects.filter(pk__in=list(item_ids)))}


def lock_coupons(codes: Iterable[str]) -> None:
    """Coupons whose uses are counted, by id, so that their last use is given once. Those without a
    limit are not held: a code that everybody has must not put checkouts in a queue."""
    limited = Q(most_uses__isnull=False) | Q(most_uses_each__isnull=False)
    wanted = list(codes)
    if wanted:
        list(
            Coupon.objects.select_for_update(no_key=True)
            .filter(limited, code__in=wanted)
            .order_by("id")
            .values_list("pk")
        )


def lock_reservations(
    order_id: UUID, *, states: Iterable[str], figures_only: bool = False
) -> list[Reservation]:
    """An order's reservations in these states. Locked with them are all stock items of their
    variants, wherever they lie: an item's lock is what its reservations are changed under.

    `figures_only`: the items come without variant and location, for whom their figures will do.
    """
    variants = Reservation.objects.filter(order_id=order_id).values("item__variant_id")
    wanted = StockItem.objects.filter(variant_id__in=variants)
    items = _locked(wanted) if figures_only else _locked_items(wanted)
    by_id = {item.pk: item for item in items}
    found = list(
        Reservation.objects.select_for_update(of=("self",))
        .filter(order_id=order_id, state__in=list(states), item_id__in=by_id)
        .order_by("id")
    )
    for reservation in found:
        reservation.item = by_id[reservation.item_id]
    return found


def _locked_items(items: QuerySet[StockItem]) -> list[StockItem]:
    return _locked(items.select_related("location", "variant"))


def _locked(items: QuerySet[StockItem]) -> list[StockItem]:
    return list(items.select_for_update(of=("self",)).order_by("id"))


def take_order_numbers(year: int, count: int = 1) -> list[str]:
    """The next numbers of a year: "TW-2026-000001". Holds the year's counter until commit, so it
    is asked last; a rollback gives the numbers back, which is why there are no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO commerce_ordercounter AS c (year, last) VALUES (%s, %s) "
            "ON CONFLICT (year) DO UPDATE SET last = c.last + EXCLUDED.last RETURNING last",
            [year, count],
        )
        (last,) = cursor.fetchone()
    return [f"TW-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def pass_order_numbers(numbers: Iterable[str]) -> None:
    """Numbers of ours that were given out elsewhere ("TW-2026-000007", from an export) are not
    given again. Holds the years' counters until commit, in the order of the years."""
    last: dict[int, int] = {}
    for number in numbers:
        if found := OUR_NUMBER.fullmatch(number):
            year, count = int(found[1]), int(found[2])
            last[year] = max(count, last.get(year, 0))
    with connection.cursor() as cursor:
        for year in sorted(last):
            cursor.execute(
                "INSERT INTO commerce_ordercounter AS c (year, last) VALUES (%s, %s) "
                "ON CONFLICT (year) DO UPDATE SET last = greatest(c.last, EXCLUDED.last)",
                [year, last[year]],
            )
