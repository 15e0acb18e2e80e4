"""Orders of several vendors for the tests of parts."""

from django.db import connection, transaction

from commerce.models import Order, OrderLine, OrderPart, Vendor
from commerce.tests.shop import make_order, make_vendor


@transaction.atomic
def order_of(*vendors: Vendor, **fields: object) -> Order:
    """An order with a line of 10 EUR from each vendor, in this order."""
    total = 1000 * len(vendors)
    order = make_order(subtotal_minor=total, total_minor=total, **fields)
    OrderLine.objects.bulk_create(
        line_of(order, position, vendor) for position, vendor in enumerate(vendors, start=1)
    )
    return order


def line_of(order: Order, position: int, vendor: Vendor, cents: int = 1000) -> OrderLine:
    """A line, not saved."""
    return OrderLine(
        order=order,
        position=position,
        vendor=vendor,
        sku=f"S{position}",
        name="Teapot",
        quantity=1,
        currency="EUR",
        unit_price_minor=cents,
        total_minor=cents,
    )


def add_up(order: Order) -> None:
    """Write the order's figures anew from its lines, as whoever changes lines must."""
    sql(
        "UPDATE commerce_order o SET subtotal_minor = s.subtotal, discount_minor = s.discount,"
        " tax_minor = s.tax, total_minor = s.subtotal - s.discount + s.tax + o.shipping_minor"
        " FROM (SELECT sum(total_minor) AS subtotal, sum(discount_minor) AS discount,"
        " sum(tax_minor) AS tax FROM commerce_orderline WHERE order_id = %s) s WHERE o.id = %s",
        order.pk, order.pk,
    )  # fmt: skip


def two_vendors(**fields: object) -> Order:
    """An order of two vendors."""
    return order_of(make_vendor(), make_vendor(), **fields)


@transaction.atomic
def parts_of(order: Order) -> list[OrderPart]:
    """Its parts, as the database has them now."""
    return list(OrderPart.objects.filter(order=order).order_by("position"))


def statuses(order: Order) -> tuple[str, list[str]]:
    """The order's status and those of its parts."""
    with transaction.atomic():
        now = Order.objects.values_list("status", flat=True).get(pk=order.pk)
        return now, [part.status for part in parts_of(order)]


def sql(statement: str, *params: object) -> None:
    """What somebody might type."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
