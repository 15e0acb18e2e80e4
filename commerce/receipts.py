"""What stands on the receipt of an order: told to the money floor, which does not know orders."""

from decimal import Decimal
from uuid import UUID

from commerce.addresses import from_json
from commerce.models import Order, OrderLine
from commerce.services.orders.purpose import PURPOSE
from payments.receipts.contents import Contents, Item, TaxLine, register


def what_was_ordered(order_id: UUID) -> Contents | None:
    """The order's lines and sums as they were placed; None for an order that is gone."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        return None
    address = from_json(order.billing_address or order.shipping_address)
    buyer = address.in_lines()
    lines = list(order.lines.all())
    return Contents(
        items=tuple(_item(order, line) for line in lines),
        discount=order.money(order.discount_minor),
        shipping=order.money(order.shipping_minor),
        tax=order.money(order.tax_minor),
        taxes=_taxes(order, lines),
        codes=order.coupon_code,
        shipped_by=order.shipping_method_name,
        note=order.tax_note,
        subject=order.number,
        buyer=tuple(buyer[:-1] if address.country else buyer),  # the country has its own name
        country=address.country,
    )


def _taxes(order: Order, lines: list[OrderLine]) -> tuple[TaxLine, ...]:
    """By rate, highest first; goods and shipping of one rate together."""
    sums: dict[tuple[str, Decimal, bool], int] = {}

    def add(name: str, rate: Decimal, added: int, included: int) -> None:
        for minor, is_included in ((added, False), (included, True)):
            if minor and name:
                key = (name, rate, is_included)
                sums[key] = sums.get(key, 0) + minor

    for line in lines:
        add(line.tax_name, line.tax_rate, line.tax_minor, line.included_tax_minor)
    add(
        order.shipping_tax_name,
        order.shipping_tax_rate,
        order.shipping_tax_minor,
        order.shipping_included_tax_minor,
    )
    return tuple(
        TaxLine(name, rate, order.money(minor), is_included)
        for (name, rate, is_included), minor in sorted(
            sums.items(), key=lambda line: (-line[0][1], line[0][0])
        )
    )


def _item(order: Order, line: OrderLine) -> Item:
    return Item(
        name=line.name,
        detail=line.sku,
        quantity=line.quantity,
        unit_price=order.money(line.unit_price_minor),
        total=order.money(line.total_minor),
    )


register(PURPOSE, what_was_ordered)
