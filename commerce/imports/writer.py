"""Old orders into the tables, a batch in a handful of statements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from accounts.emails import normalise_email
from commerce.enums import OrderSource, OrderStatus, PaymentStatus
from commerce.imports.records import OldOrder
from commerce.locks import pass_order_numbers, take_order_numbers
from commerce.models import Order, OrderLine
from commerce.pricing import PricedLine, add_up
from core.database.many import settled
from core.ids import new_id
from core.money import Money
from crm.models import Customer
from crm.services.customers import (
    Elsewhere,
    get_or_create_customer,
    get_or_create_customers,
)


@dataclass(frozen=True, slots=True)
class Goods:
    """What a line of an old order is of. Without a variant it is known by name only."""

    variant_id: UUID | None
    vendor_id: UUID
    service: str


def insert_orders(
    new: Sequence[OldOrder], *, platform: str, goods: Mapping[tuple[str, str], Goods]
) -> list[Order]:
    """Write old orders that are not there, in the caller's transaction. `goods` by vendor's slug
    (as the lines name it) and SKU."""
    customers = _customers(new, platform)
    orders = [_order(old, platform, customers.get(_buyer(old, platform))) for old in new]
    _number([order for order in orders if not order.number])
    pass_order_numbers([order.number for order in orders])
    Order.objects.bulk_create(settled(orders))
    lines: list[OrderLine] = []
    for old, order in zip(new, orders, strict=True):
        shares = _shares(old, order)
        for position, line in enumerate(old.lines, start=1):
            what = goods[line.vendor, line.sku]
            lines.append(
                OrderLine(
                    order=order,
                    position=position,
                    variant_id=what.variant_id,
                    vendor_id=what.vendor_id,
                    sku=line.sku,
                    name=line.name,
                    service=what.service if line.service is None else line.service,
                    quantity=line.quantity,
                    currency=line.unit_price.currency,
                    unit_price_minor=line.unit_price.minor,
                    total_minor=line.unit_price.minor * line.quantity,
                    **shares[position - 1],
                )
            )
    OrderLine.objects.bulk_create(settled(lines), batch_size=2000)
    return orders


def _shares(old: OldOrder, order: Order) -> list[dict[str, Any]]:
    """What of the order's discount and tax is on each line: as the file says, else by what the
    lines cost, to the last unit."""
    found = [dict(line.figures) for line in old.lines]
    weights = [line.unit_price.minor * line.quantity for line in old.lines]
    of_lines = {"discount_minor": old.discount, "tax_minor": old.tax - order.shipping_tax_minor}
    for name, minor in of_lines.items():
        if minor and sum(weights) and not any(name in figures for figures in found):
            for figures, share in zip(found, Money(minor, old.currency).split(weights),
                                      strict=True):  # fmt: skip
                figures[name] = share.minor
    return found


Buyer = tuple[str, str, str]  # platform, number over there, e-mail address


def _buyer(old: OldOrder, platform: str) -> Buyer:
    over_there = old.customer_platform or old.platform or platform
    return over_there if old.customer else "", old.customer, old.email


def _customers(new: list[OldOrder] | Sequence[OldOrder], platform: str) -> dict[Buyer, UUID]:
    """Buyers by their number over there, then by address; a guest has neither, and is nobody's.

    Unknown ones are made in the order of their numbers, so that two imports cannot deadlock.
    """
    first = {_buyer(old, platform): old for old in reversed(new) if old.customer or old.email}
    found: dict[Buyer, UUID] = {}
    numbered = [buyer for buyer in first if buyer[1]]
    known = Customer.objects.current().filter(
        external_platform__in={platform for platform, _, _ in numbered},
        external_id__in=[number for _, number, _ in numbered],
    )
    by_number = {
        (platform, number): pk
        for platform, number, pk in known.values_list("external_platform", "external_id", "pk")
    }
    by_email: dict[str | None, UUID] = dict(
        Customer.objects.current()
        .filter(email__in=[normalise_email(email) for _, number, email in first if not number])
        .values_list("email", "pk")
    )
    unknown = [
        Elsewhere(buyer[0], buyer[1], first[buyer].customer_name, first[buyer].country)
        for buyer in numbered
        if buyer[:2] not in by_number and not buyer[2]
    ]
    by_number |= get_or_create_customers(unknown)
    for buyer in sorted(first):
        pk = by_number.get(buyer[:2]) if buyer[1] else by_email.get(normalise_email(buyer[2]))
        found[buyer] = pk or _made(buyer, first[buyer])
    return found


def _made(buyer: Buyer, old: OldOrder) -> UUID:
    platform, number, email = buyer
    return get_or_create_customer(
        email=email or None,
        name=old.customer_name,
        country=old.country,
        external_platform=platform,
        external_id=number,
    ).pk


def _order(old: OldOrder, platform: str, customer_id: UUID | None) -> Order:
    """Sales were paid and delivered long ago; a cancellation gave its money back."""
    currency = old.currency
    totals = add_up(
        [PricedLine(line.unit_price, line.quantity) for line in old.lines],
        currency=currency,
        discount=Money(old.discount, currency),
        shipping=Money(old.shipping, currency),
        tax=Money(old.tax, currency),
    )
    values: dict[str, Any] = {
        "shipping_address": {"name": "", "line1": "", "city": "", "country": old.country},
        "status": OrderStatus.CANCELLED if old.cancelled else OrderStatus.DELIVERED,
        "payment_status": PaymentStatus.REFUNDED if old.cancelled else PaymentStatus.PAID,
        "paid_at": old.placed_at,
        **old.fields,
    }
    return Order(
        id=new_id(),
        number=old.number,
        customer_id=customer_id,
        email=old.email,
        country=old.country,
        currency=currency,
        subtotal_minor=totals.subtotal.minor,
        discount_minor=totals.discount.minor,
        shipping_minor=totals.shipping.minor,
        tax_minor=totals.tax.minor,
        total_minor=totals.total.minor,
        source=OrderSource.IMPORT,
        external_platform=(old.platform or platform) if old.external_id else None,
        external_id=old.external_id or None,
        placed_at=old.placed_at,
        **values,
    )


def _number(orders: list[Order]) -> None:
    """Our own numbers, by the year of the sale, in the order in which the file names them."""

    def year(order: Order) -> int:
        return order.placed_at.year

    for when, group in groupby(sorted(orders, key=year), key=year):
        same_year = list(group)
        numbers: Iterator[str] = iter(take_order_numbers(when, len(same_year)))
        for order in same_year:
            order.number = next(numbers)
