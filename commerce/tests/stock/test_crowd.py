"""A crowd that buys, pays, fails, gives up and comes too late: never more is sold than there is.

CROWD=200 pytest commerce/tests/stock/test_crowd.py   # the suite's own number is smaller
"""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from commerce import locks
from commerce.models import Order, Reservation, StockItem, StockMovement, Variant
from commerce.services.orders.paid import record_payment
from commerce.services.orders.status import change_status
from commerce.services.stock import OutOfStock, expire_holds
from commerce.tests.crowd import all_at_once
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.stock.places import place, put
from commerce.tests.test_races import buy, cart_with
from core.identity import acting_as_system
from core.money import Money

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = int(os.environ.get("CROWD", "36"))
HANDS = 24  # threads; each serves several buyers
FATES = ("pays", "pays", "fails", "cancels", "too late", "too late and pays")


def shopful(each: int) -> list[Variant]:
    """Three variants at two locations."""
    vendor = make_vendor()
    variants = [make_variant(vendor, stock=0) for _ in range(3)]
    with transaction.atomic():
        here, there = place("Here", country="FR"), place("There", country="JP")
        for variant in variants:
            put(variant, here, each // 2)
            put(variant, there, each - each // 2)
    return variants


def serve(number: int, token: str, fate: str) -> str:
    """One buyer, from the cart to the end; what became of it."""
    try:
        order = buy(token, number)
    except OutOfStock:
        return "out of stock"
    amount = Money(order.total_minor, order.currency)
    if fate.startswith("too late"):
        with acting_as_system("tests"), transaction.atomic():
            past = timezone.now() - timedelta(seconds=1)
            Reservation.objects.filter(order=order).update(expires_at=past)
        expire_holds()
    if fate == "cancels":
        change_status(order_id=order.pk, to="cancelled")
    if fate.endswith("pays"):
        record_payment(order_id=order.pk, payment_id=order.payment_id, amount=amount)
    return fate


def let_in(variants: list[Variant], buyers: int) -> Counter[str]:
    """All of them at once, each with the variants in an order of their own."""
    chance = random.Random(11)  # noqa: S311  - a test's own order
    crowd = [
        (number, cart_with(chance.sample(variants, 3)), chance.choice(FATES))
        for number in range(buyers)
    ]

    def hand(some: list[tuple[int, str, str]]) -> list[str]:
        return [serve(*one) for one in some]

    results = all_at_once([lambda n=n: hand(crowd[n::HANDS]) for n in range(HANDS)])
    told: Counter[str] = Counter()
    for result in results:
        assert isinstance(result, list), result
        told.update(result)
    return told


def promised(variant: Variant) -> int:
    """What orders were told is theirs."""
    rows = Reservation.objects.filter(item__variant=variant, state__in=["active", "allocated"])
    return int(rows.aggregate(sum=Sum(F("quantity") - F("shipped")))["sum"] or 0)


def test_a_crowd_is_never_sold_more_than_there_is() -> None:
    pieces = CROWD // 2
    variants = shopful(pieces)
    told = let_in(variants, CROWD)
    assert sum(told.values()) == CROWD
    with transaction.atomic():
        for variant in variants:
            items = list(StockItem.objects.filter(variant=variant))
            assert promised(variant) == sum(item.promised for item in items) <= pieces
            for item in items:
                sums = StockMovement.objects.filter(item=item).aggregate(
                    on_hand=Sum("on_hand_change"),
                    reserved=Sum("reserved_change"),
                    allocated=Sum("allocated_change"),
                )
                assert sums == {
                    "on_hand": item.on_hand,
                    "reserved": item.reserved,
                    "allocated": item.allocated,
                }
        short = Order.objects.filter(payment_status="paid", reservations__state="waiting")
        flagged = Order.objects.filter(attention__contains="not in stock")
        assert set(short) == set(flagged)
        sold = Order.objects.filter(payment_status="paid").count()
        assert sold == told["pays"] + told["too late and pays"]


def test_control_without_the_locks_more_is_promised_than_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unlocked(items):
        return list(items.select_related("location", "variant").order_by("id"))

    monkeypatch.setattr(locks, "_locked_items", unlocked)
    (variant, *_) = shopful(6)
    tokens = [cart_with([variant]) for _ in range(24)]
    all_at_once([lambda t=token, n=n: buy(t, n) for n, token in enumerate(tokens)])
    with transaction.atomic():
        assert promised(variant) > 6
