"""Old orders into the tables, a batch in a handful of statements."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from uuid import UUID

from commerce.enums import OrderSource, OrderStatus, PaymentStatus
from commerce.imports.catalogue import Shelf
from commerce.imports.records import OldOrder
from commerce.locks import take_order_numbers
from commerce.models import Order, OrderLine
from commerce.pricing import PricedLine, add_up
from core.ids import new_id
from crm.models import Customer
from crm.services.customers import get_or_create_customer


def write_orders(some: Sequence[OldOrder], *, platform: str, shelf: Shelf) -> int:
    """Write those that are not there yet, in the caller's transaction; returns how many."""
    new = _unknown(some, platform)
    if not new:
        return 0
    variants = shelf.stock_up(line.sku for old in new for line in old.lines)
    customers = _customers(new, platform)
    orders = [_order(old, platform, customers.get(old.customer)) for old in new]
    _number(orders)
    Order.objects.bulk_create(orders)
    lines: list[OrderLine] = []
    for old, order in zip(new, orders, strict=True):
        for position, line in enumerate(old.lines, start=1):
            variant = variants[line.sku]
            lines.append(
                OrderLine(
                    order=order,
                    position=position,
                    variant=variant,
                    vendor=shelf.vendor,
                    sku=line.sku,
                    name=line.name,
                    service=shelf.products[line.sku].service,
                    quantity=line.quantity,
                    currency=line.unit_price.currency,
                    unit_price_minor=line.unit_price.minor,
                    total_minor=line.unit_price.minor * line.quantity,
                )
            )
    OrderLine.objects.bulk_create(lines, batch_size=2000)
    return len(orders)


def _unknown(some: Sequence[OldOrder], platform: str) -> list[OldOrder]:
    known = set(
        Order.objects.filter(
            external_platform=platform, external_id__in=[old.external_id for old in some]
        ).values_list("external_id", flat=True)
    )
    return [old for old in some if old.external_id not in known]


def _customers(new: list[OldOrder], platform: str) -> dict[str, UUID]:
    """Buyers by their number over there; a guest has none and stays nobody's.

    Unknown ones are made in the order of their numbers, so that two imports cannot deadlock.
    """
    countries = {old.customer: old.country for old in reversed(new) if old.customer}
    known = Customer.objects.current().filter(external_platform=platform, external_id__in=countries)
    found: dict[str, UUID] = dict(known.values_list("external_id", "pk"))
    for number in sorted(countries.keys() - found.keys()):
        found[number] = get_or_create_customer(
            email=None,
            country=countries[number],
            external_platform=platform,
            external_id=number,
        ).pk
    return found


def _order(old: OldOrder, platform: str, customer_id: UUID | None) -> Order:
    """Sales were paid and delivered long ago; a cancellation gave its money back."""
    totals = add_up(
        [PricedLine(line.unit_price, line.quantity) for line in old.lines], currency=old.currency
    )
    return Order(
        id=new_id(),
        customer_id=customer_id,
        shipping_address={"name": "", "line1": "", "city": "", "country": old.country},
        country=old.country,
        currency=old.currency,
        subtotal_minor=totals.subtotal.minor,
        total_minor=totals.total.minor,
        status=OrderStatus.CANCELLED if old.cancelled else OrderStatus.DELIVERED,
        payment_status=PaymentStatus.REFUNDED if old.cancelled else PaymentStatus.PAID,
        paid_at=old.placed_at,
        source=OrderSource.IMPORT,
        external_platform=platform,
        external_id=old.external_id,
        placed_at=old.placed_at,
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
