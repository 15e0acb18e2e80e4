"""Many buyers, few pieces. Each race has a control that shows it could be lost."""

import random
from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from commerce import locks
from commerce.addresses import Address
from commerce.models import Order, Reservation, StockItem, StockMovement, Variant
from commerce.services import carts
from commerce.services.orders.checkout import check_out
from commerce.services.orders.paid import record_payment
from commerce.services.orders.status import change_status
from commerce.services.stock import OutOfStock
from commerce.tests.crowd import all_at_once
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import HOME, Shopper
from core.money import Money
from payments.models import Payment

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 40
PIECES = 10


def cart_with(variants: list[Variant], currency: str = "EUR") -> str:
    _, token = carts.open_cart(currency=currency)
    for variant in variants:
        carts.add_item(token=token, variant_id=variant.pk)
    return token


def buy(token: str, number: int) -> Order:
    return check_out(
        cart_token=token,
        gateway="stripe",
        email=f"buyer{number}@example.com",
        shipping_address=Address(**HOME),
    )


def outcome(result: Order | Exception) -> str:
    return "ordered" if isinstance(result, Order) else type(result).__name__


def stock_of(variant: Variant) -> tuple[int, int]:
    """(on hand, reserved)"""
    with transaction.atomic():
        item = StockItem.objects.get(variant=variant)
    return item.on_hand, item.reserved


def race(tokens: list[str]) -> Counter[str]:
    deeds = [lambda t=token, n=number: buy(t, n) for number, token in enumerate(tokens)]
    return Counter(outcome(result) for result in all_at_once(deeds))


def test_forty_buyers_for_ten_pieces_make_ten_orders() -> None:
    variant = make_variant(make_vendor(), stock=PIECES)
    tokens = [cart_with([variant]) for _ in range(BUYERS)]
    assert race(tokens) == {"ordered": PIECES, "OutOfStock": BUYERS - PIECES}
    assert stock_of(variant) == (PIECES, PIECES)
    with transaction.atomic():
        assert Order.objects.count() == Payment.objects.count() == PIECES
        numbers = sorted(Order.objects.values_list("number", flat=True))
    year = numbers[0].split("-")[1]
    assert numbers == [f"TW-{year}-{n:06d}" for n in range(1, PIECES + 1)]


def test_control_without_the_lock_more_is_sold_than_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unlocked(variant_ids: object) -> dict[object, list[StockItem]]:
        items = StockItem.objects.filter(variant_id__in=list(variant_ids))  # type: ignore[call-overload]  # ids
        return {item.variant_id: [item] for item in items.select_related("location")}

    monkeypatch.setattr(locks, "lock_stock", unlocked)
    variant = make_variant(make_vendor(), stock=PIECES)
    tokens = [cart_with([variant]) for _ in range(BUYERS)]
    assert race(tokens)["ordered"] > PIECES


def test_baskets_in_opposite_order_do_not_deadlock() -> None:
    vendor = make_vendor()
    variants = [make_variant(vendor, stock=100) for _ in range(3)]
    tokens = []
    shuffler = random.Random(7)  # noqa: S311  - a test's own order
    for _ in range(24):
        mixed = shuffler.sample(variants, 3)
        tokens.append(cart_with(mixed))
    assert race(tokens) == {"ordered": 24}
    with transaction.atomic():
        assert set(StockItem.objects.values_list("reserved", flat=True)) == {24}


def test_sixty_four_equal_checkouts_with_one_key_make_one_order(settings) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    settings.STRIPE_SECRET_KEY = "sk_test_nobody"
    variant = make_variant(make_vendor(), stock=PIECES)
    token = cart_with([variant])
    deeds = [lambda: Shopper(Client()).check_out(token, key="one-key") for _ in range(64)]
    results = all_at_once(deeds)
    statuses = Counter(getattr(result, "status_code", repr(result)) for result in results)
    assert set(statuses) <= {502, 409}, statuses
    with transaction.atomic():
        assert Order.objects.count() == Payment.objects.count() == 1
    assert stock_of(variant) == (PIECES, 1)


def test_one_cart_checked_out_by_many_keys_is_one_order() -> None:
    variant = make_variant(make_vendor(), stock=PIECES)
    token = cart_with([variant])
    results = all_at_once([lambda: buy(token, 1) for _ in range(16)])
    assert all(isinstance(result, Order) for result in results), results
    with transaction.atomic():
        assert {result.pk for result in results} == {Order.objects.get().pk}


def test_paid_at_the_same_moment_by_everybody_is_paid_once() -> None:
    variant = make_variant(make_vendor(), stock=PIECES)
    order = buy(cart_with([variant]), 1)
    amount = Money(order.total_minor, order.currency)
    deeds = [
        lambda: record_payment(order_id=order.pk, payment_id=order.payment_id, amount=amount)
        for _ in range(12)
    ]
    assert all(isinstance(result, Order) for result in all_at_once(deeds))
    assert stock_of(variant) == (PIECES, 0)
    with transaction.atomic():
        assert StockItem.objects.get().allocated == 1
        assert StockMovement.objects.filter(kind="allocate").count() == 1


def test_paying_and_cancelling_at_once_keep_the_stock_right() -> None:
    variant = make_variant(make_vendor(), stock=PIECES)
    for number in range(6):
        order = buy(cart_with([variant]), number)
        amount = Money(order.total_minor, order.currency)
        results = all_at_once(
            [
                lambda o=order, a=amount: record_payment(
                    order_id=o.pk, payment_id=o.payment_id, amount=a
                ),
                lambda o=order: change_status(order_id=o.pk, to="cancelled"),
            ]
        )
        assert all(isinstance(result, Order) for result in results), results
        with transaction.atomic():
            order.refresh_from_db()
            assert order.status == "cancelled"
            assert "refund is due" in order.attention
        assert stock_of(variant) == (PIECES, 0)
    with transaction.atomic():
        assert set(Reservation.objects.values_list("state", flat=True)) == {"released"}


@pytest.mark.parametrize("change", [{"reserved": 11}, {"on_hand": -1}, {"reserved": -1}])
def test_the_database_refuses_a_promise_that_cannot_be_kept(change: dict[str, int]) -> None:
    variant = make_variant(make_vendor(), stock=PIECES)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockItem.objects.filter(variant=variant).update(**change)


def test_out_of_stock_names_what_is_short_and_takes_nothing() -> None:
    vendor = make_vendor()
    plenty, scarce = make_variant(vendor, stock=5), make_variant(vendor, stock=0)
    with pytest.raises(OutOfStock) as refused:
        buy(cart_with([plenty, scarce]), 1)
    (line,) = refused.value.details["out_of_stock"]
    assert (line["sku"], line["wanted"], line["available"]) == (scarce.sku, 1, 0)
    assert stock_of(plenty) == (5, 0)
    with transaction.atomic():
        assert not Order.objects.exists()
