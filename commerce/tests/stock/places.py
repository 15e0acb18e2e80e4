"""What tests of stock need: further locations, orders, and money that arrives."""

from datetime import timedelta

from django.utils import timezone

from commerce.models import Order, Reservation, StockItem, StockLocation, Variant
from commerce.services.orders.paid import record_payment
from commerce.services.stock import promise, receive_stock, reserve
from commerce.tests.shop import make_order
from core.ids import new_id


def place(name: str, *, country: str = "", **fields: object) -> StockLocation:
    """A further location."""
    return StockLocation.objects.create(name=name, country=country, **fields)


def put(variant: Variant, where: StockLocation, quantity: int) -> StockItem:
    """Pieces there."""
    return receive_stock(
        variant_id=variant.pk, quantity=quantity, source=f"delivery:{new_id()}",
        location_id=where.pk,
    )  # fmt: skip


def order_of(variant: Variant, quantity: int = 1, *, country: str = "FR") -> Order:
    """An unpaid order that holds its pieces, with its line."""
    order = make_order(country=country, subtotal_minor=0, total_minor=0)
    order.lines.create(
        position=1, variant=variant, vendor_id=variant.vendor_id, sku=variant.sku, name="Pot",
        quantity=quantity, currency="EUR", unit_price_minor=1000, total_minor=1000 * quantity,
    )  # fmt: skip
    cents = 1000 * quantity
    Order.objects.filter(pk=order.pk).update(subtotal_minor=cents, total_minor=cents)
    order.refresh_from_db()
    reserve(order=order, promised=promise({variant: quantity}, country=country))
    return order


def pay(order: Order) -> Order:
    """Its money is there."""
    return record_payment(order_id=order.pk, payment_id=new_id(), amount=order.total)


def let_lapse(order: Order) -> None:
    """Its hold is over by the clock, and nobody has noticed."""
    past = timezone.now() - timedelta(seconds=1)
    Reservation.objects.filter(order=order).update(expires_at=past)


def figures(item: StockItem) -> tuple[int, int, int]:
    """(on hand, reserved, allocated), fresh."""
    item.refresh_from_db()
    return item.on_hand, item.reserved, item.allocated
