"""Orders as rows: three queries for a page of them, whatever its length."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from commerce.bulk.orders.columns import LINE_MONEY, LINE_NAMES, ORDER_MONEY
from commerce.models import Order, OrderLine
from core.bulk.columns import Column
from core.money import Money

OF_CUSTOMER = {
    "customer_external_id": "external_id", "customer_platform": "external_platform",
    "customer_name": "name",
}  # fmt: skip


def lines_of(ids: Sequence[UUID], columns: Sequence[Column]) -> Iterator[list[Any]]:
    """The cells of these orders' lines, in the order of `ids`."""
    orders = Order.objects.select_related("customer").defer("customer__search_words")
    found = orders.in_bulk(list(ids))
    lines: dict[UUID, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order_id__in=ids).select_related("vendor"):
        lines.setdefault(line.order_id, []).append(line)
    for pk in ids:
        if order := found.get(pk):
            own = {c.name: _of_order(order, c.name) for c in columns if c.name not in LINE_NAMES}
            of_order: list[OrderLine | None] = [
                *sorted(lines.get(pk, []), key=lambda line: line.position)
            ]
            for each in of_order or [None]:
                yield [
                    own[column.name] if column.name in own else _of_line(each, column.name)
                    for column in columns
                ]


def _of_order(order: Order, name: str) -> Any:
    if name in ORDER_MONEY:
        return Money(getattr(order, ORDER_MONEY[name]), order.currency).decimal
    if name in OF_CUSTOMER:
        return getattr(order.customer, OF_CUSTOMER[name]) if order.customer else None
    prefix, _, part = name.partition("_")
    if prefix in ("ship", "bill") and part:
        address = order.shipping_address if prefix == "ship" else order.billing_address
        return (address or {}).get(part)
    return getattr(order, name)


def _of_line(line: OrderLine | None, name: str) -> Any:
    if line is None:
        return None
    if name in LINE_MONEY:
        return Money(getattr(line, LINE_MONEY[name]), line.currency).decimal
    if name == "vendor":
        return line.vendor.slug
    return getattr(line, name)
