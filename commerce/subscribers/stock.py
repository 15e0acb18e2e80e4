"""Goods follow what becomes of orders."""

from uuid import UUID

from commerce.enums import OrderStatus
from commerce.services.stock import release_stock
from core.events import Event, Ignore, subscribe


@subscribe("order.status_changed", queue="money")
def free_stock_of_cancelled_orders(event: Event) -> None:
    """However an order was cancelled (SQL included), its stock is free again."""
    if event.data["status"] != OrderStatus.CANCELLED:
        raise Ignore(f"Now {event.data['status']}.")
    release_stock(order_id=UUID(event.data["order_id"]))
