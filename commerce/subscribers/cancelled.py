"""A cancelled order is not paid any more, and what was paid goes back."""

from uuid import UUID

from django.db import transaction

from commerce.enums import OrderStatus, PaymentStatus
from commerce.locks import lock_order
from commerce.models import Order
from commerce.services.orders.give_back import give_back
from commerce.services.orders.paying import ids_of
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.settlement import due_of, withdraw_due
from core.events import Event, Ignore, Retry, subscribe
from payments.enums import RefundOrigin
from payments.gateways.interface import GatewayError
from payments.services.closing import close_payment


@subscribe("order.status_changed", queue="money", outside=True)
def close_page_of_cancelled_order(event: Event) -> None:
    """Nobody shall pay for a cancelled order: its page is closed at the gateway."""
    if event.data["status"] != OrderStatus.CANCELLED:
        raise Ignore(f"Now {event.data['status']}.")
    _close(UUID(event.data["order_id"]), "The order was cancelled.")


@subscribe("order.paid", queue="money", outside=True)
def close_other_page_of_paid_order(event: Event) -> None:
    """A try that had failed paid after all, while the buyer is on the page of the next one: nobody
    shall pay twice."""
    order_id = UUID(event.data["order_id"])
    with transaction.atomic():
        if due_of(Order.objects.get(pk=order_id)) is not None:
            raise Ignore("A page for what it costs more may be open.")
    _close(order_id, "The order is paid.")


@subscribe("order.status_changed", queue="money")
def give_back_what_cancelled_orders_paid(event: Event) -> None:
    """A paid order that is cancelled asks for its refund, in the name of who cancelled it."""
    if event.data["status"] != OrderStatus.CANCELLED or event.data["history"]:
        raise Ignore(f"Now {event.data['status']}.")
    order = lock_order(UUID(event.data["order_id"]))
    withdraw_due(order)
    if order.payment_status not in (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED):
        is_now = order.get_payment_status_display().lower()
        raise Ignore(f"{order.number} is {is_now}: nothing is to be given back.")
    refund = give_back(order, origin=RefundOrigin.CANCELLED, requested_by=event.actor_id)
    if refund is None:
        if not ids_of(order):
            raise Ignore(
                f"{order.number} was paid outside Tradewind: give the money back where it came in."
            )
        raise Ignore(f"All that was paid for {order.number} has gone back: nothing is to be done.")


def _close(order_id: UUID, reason: str) -> None:
    """The page of a payment that is still open. Raises Ignore when there is none, Retry."""
    try:
        closed = close_payment(purpose=PURPOSE, purpose_id=order_id, reason=reason)
    except GatewayError as why:
        raise Retry(why.message) from why
    if closed is None:
        raise Ignore("No page of it is open.")
