"""The demo's orders: placed as history, then taken through their steps at their own times."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.demo.figures import STATES, demo_quote
from commerce.demo.shop import Buyer
from commerce.demo.stories import CARRIERS, Step, placed_times, story
from commerce.enums import OrderSource, OrderStatus, PaymentStatus
from commerce.imports.coming_in import history_coming_in
from commerce.locks import take_order_numbers
from commerce.models import Coupon, CouponRedemption, Order, OrderLine, Variant
from commerce.pricing import Goods
from commerce.services.orders.placing import order_figures, set_line_figures
from core.ids import new_id
from core.money import Money

PLATFORM = "demo"
BATCH = 500
MOST_LINES = 4
WITH_CODE = 0.12


@dataclass(slots=True)
class _Told:
    """An order, its lines, and the steps still to come."""

    order: Order
    lines: list[OrderLine]
    steps: list[Step]


def place_orders(
    *,
    buyers: Sequence[Buyer],
    variants: Sequence[Variant],
    count: int,
    now: datetime,
    days: int = 90,
    seed: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Bring the demo up to `count` orders; returns how many were new.

    Orders are known by their number in the demo, so a killed run goes on where it stopped.
    """
    chance = random.Random(seed)  # noqa: S311  - made-up, not secret
    times = placed_times(chance, count=count, now=now, days=days)
    new = 0
    for start in range(0, count, BATCH):
        batch = [
            _told(chance, place, times[place], buyers, variants, now)
            for place in range(start, min(start + BATCH, count))
        ]
        with history_coming_in("demo"):
            new += _write(batch)
        progress(min(start + BATCH, count))
    return new


def _told(
    chance: random.Random,
    place: int,
    placed_at: datetime,
    buyers: Sequence[Buyer],
    variants: Sequence[Variant],
    now: datetime,
) -> _Told:
    """Some buyers come again and again: the lower their place, the more often."""
    buyer = buyers[int(len(buyers) * chance.random() ** 1.6)]
    currency = buyer.person.place.currency
    order = Order(
        id=new_id(),
        customer=buyer.customer,
        user_id=buyer.customer.user_id,
        email=buyer.customer.email or buyer.person.email,
        language=buyer.person.place.language,
        shipping_address={
            "name": buyer.person.name,
            "line1": buyer.person.line1,
            "line2": "",
            "city": buyer.person.city,
            "region": STATES.get(buyer.person.city, ""),
            "postal_code": buyer.person.postal_code,
            "country": buyer.person.place.country,
        },
        country=buyer.person.place.country,
        currency=currency,
        source=OrderSource.DEMO,
        external_platform=PLATFORM,
        external_id=str(place + 1),
        placed_at=placed_at,
    )
    chosen = chance.sample(list(variants), chance.choice((1, 1, 2, 2, 3, MOST_LINES)))
    lines = [
        _line(order, position, variant, chance.choice((1, 1, 1, 2, 3)), currency)
        for position, variant in enumerate(chosen, start=1)
    ]
    _price(order, lines, with_code=chance.random() < WITH_CODE)
    return _Told(order, lines, story(chance, placed_at, now))


def _price(order: Order, lines: list[OrderLine], *, with_code: bool) -> None:
    """The figures that a checkout would have come to."""
    quote = demo_quote(
        [
            Goods(line.id, Money(line.unit_price_minor, line.currency), line.quantity)
            for line in lines
        ],
        country=order.country,
        region=order.shipping_address["region"],
        currency=order.currency,
        with_code=with_code,
    )
    for line, quoted in zip(lines, quote.lines, strict=True):
        set_line_figures(line, quoted)
    for name, value in order_figures(quote).items():
        setattr(order, name, value)
    order.coupon_code = ", ".join(quote.saved)


def _redemptions(orders: list[Order]) -> list[CouponRedemption]:
    """The uses of codes; a cancelled order that nobody paid gives its use back later."""
    coupons = {coupon.code: coupon for coupon in Coupon.objects.filter(code="SPRING10")}
    return [
        CouponRedemption(
            coupon=coupons[order.coupon_code],
            order=order,
            email=order.email.casefold(),
            currency=order.currency,
            amount_minor=order.discount_minor,
            created_at=order.placed_at,
        )
        for order in orders
        if order.coupon_code in coupons
    ]


def _line(order: Order, position: int, variant: Variant, quantity: int, currency: str) -> OrderLine:
    price = next(p.amount_minor for p in variant.prices.all() if p.currency == currency)
    name = variant.product.name
    return OrderLine(
        order=order,
        position=position,
        variant=variant,
        vendor_id=variant.vendor_id,
        sku=variant.sku,
        name=f"{name} ({variant.title})" if variant.title else name,
        service=variant.product.service,
        quantity=quantity,
        currency=currency,
        unit_price_minor=price,
        total_minor=price * quantity,
    )


def _write(batch: list[_Told]) -> int:
    """Insert those that are not there, then take all of them through each step together."""
    known = set(
        Order.objects.filter(
            external_platform=PLATFORM,
            external_id__in=[told.order.external_id for told in batch],
        ).values_list("external_id", flat=True)
    )
    fresh = [told for told in batch if told.order.external_id not in known]
    by_year: dict[int, list[Order]] = {}
    for told in fresh:
        by_year.setdefault(told.order.placed_at.year, []).append(told.order)
    for year, orders in sorted(by_year.items()):
        for order, number in zip(orders, take_order_numbers(year, len(orders)), strict=True):
            order.number = number
    Order.objects.bulk_create([told.order for told in fresh])
    OrderLine.objects.bulk_create([line for told in fresh for line in told.lines])
    CouponRedemption.objects.bulk_create(_redemptions([told.order for told in fresh]))
    for round_ in range(max((len(told.steps) for told in fresh), default=0)):
        _take_step([told for told in fresh if len(told.steps) > round_], round_)
    return len(fresh)


def _take_step(some: list[_Told], round_: int) -> None:
    """One step of many orders, in one statement; the trigger writes each one's history."""
    for told in some:
        step = told.steps[round_]
        order = told.order
        order.status = step.status
        order.updated_at = step.at
        if step.status == OrderStatus.CONFIRMED:
            order.payment_status = PaymentStatus.PAID
            order.paid_at = step.at - timedelta(seconds=20)
        elif step.status == OrderStatus.SHIPPED:
            order.shipped_at = step.at
            order.carrier = CARRIERS[int(order.external_id or 0) % len(CARRIERS)]
            order.tracking_number = f"TW{int(order.external_id or 0):09d}"
        elif step.status == OrderStatus.DELIVERED:
            order.delivered_at = step.at
        elif step.status == OrderStatus.CANCELLED and order.payment_status == PaymentStatus.PAID:
            order.payment_status = PaymentStatus.REFUNDED
    Order.objects.bulk_update(
        [told.order for told in some],
        [
            "status", "payment_status", "paid_at", "shipped_at", "delivered_at", "carrier",
            "tracking_number", "updated_at",
        ],
    )  # fmt: skip
