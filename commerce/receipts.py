"""What stands on the receipt of an order: told to the money floor, which does not know orders."""

from uuid import UUID

from commerce.addresses import from_json
from commerce.models import Order, OrderLine
from commerce.services.orders.checkout import PURPOSE
from payments.receipts.contents import Contents, Item, register


def what_was_ordered(order_id: UUID) -> Contents | None:
    """The order's lines and sums as they were placed; None for an order that is gone."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        return None
    address = from_json(order.billing_address or order.shipping_address)
    lines = address.in_lines()
    return Contents(
        items=tuple(_item(order, line) for line in order.lines.all()),
        discount=order.money(order.discount_minor),
        shipping=order.money(order.shipping_minor),
        tax=order.money(order.tax_minor),
        subject=order.number,
        buyer=tuple(lines[:-1] if address.country else lines),  # the country has its own name
        country=address.country,
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
