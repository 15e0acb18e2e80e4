"""Goods follow what becomes of orders."""

from uuid import UUID

from commerce.enums import OrderStatus
from commerce.services.orders.shortages import orders_waiting_for, serve_waiting
from commerce.services.orders.status import LEFT_THE_SHELF
from commerce.services.stock import release_stock, ship_stock, unship_stock
from core.events import Event, Ignore, subscribe

GIVEN_UP = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)


@subscribe("order.status_changed", "order.part_status_changed", queue="money")
def follow_order_with_stock(event: Event) -> None:
    """However an order, or a vendor's part of it, got there (SQL included): what was cancelled,
    or refunded before it was shipped, is free again; what was shipped has left the shelf, unless
    somebody takes that step back."""
    order_id = UUID(event.data["order_id"])
    vendor_id = UUID(event.data["vendor_id"]) if "vendor_id" in event.data else None
    if event.data["status"] in GIVEN_UP:
        release_stock(order_id=order_id, vendor_id=vendor_id)
    elif event.data["status"] in LEFT_THE_SHELF:
        ship_stock(order_id=order_id, vendor_id=vendor_id, is_fact=True)
    elif event.data["previous_status"] in LEFT_THE_SHELF:
        unship_stock(order_id=order_id, vendor_id=vendor_id)
    else:
        raise Ignore(f"Now {event.data['status']}.")


@subscribe("stock.arrived", queue="money")
def serve_those_who_wait(event: Event) -> None:
    """Goods have come that paid orders wait for: they are served before anybody else buys."""
    waiting = orders_waiting_for(UUID(event.data["variant_id"]))
    if not waiting:
        raise Ignore("Nobody waits for it.")
    for order_id in waiting:
        serve_waiting(order_id=order_id)
