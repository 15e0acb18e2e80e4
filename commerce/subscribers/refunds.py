"""A refund that did not happen is seen where it was wanted: on the order, or on its return."""

from uuid import UUID

from commerce.locks import lock_order
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.refund_again import note_not_given
from commerce.services.returns import follow_refund
from core.events import Event, Ignore, subscribe


@subscribe("payment.refund_over", queue="money")
def show_refund_that_failed(event: Event) -> None:
    """Rejected, refused by the gateway or sent back: staff see it, and can ask again."""
    if event.data["purpose"] != PURPOSE:
        raise Ignore(f"Paid for {event.data['purpose']}, not for an order.")
    order = lock_order(UUID(event.data["purpose_id"]))
    if not follow_refund(refund_id=UUID(event.data["refund_id"])):
        note_not_given(order)
