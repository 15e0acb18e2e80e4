"""Vendors and referrers get their shares of what is paid, and lose them with it."""

from uuid import UUID

from commerce.services.orders import shares
from commerce.services.orders.cancelled_part import split_of_part
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.settlement import is_of_change
from commerce.services.returns import split_of_refund
from commerce.subscribers.payments import MONEY_GOING_BACK
from core.errors import Conflict
from core.events import Event, Ignore, Retry, subscribe
from core.money import Money
from payments.enums import PaymentStatus as GatewayStatus


@subscribe("order.paid", queue="money")
def share_out_order(event: Event) -> None:
    """Vendors are owed their shares, the buyer's referrer a commission."""
    shares.share_out(order_id=UUID(event.data["order_id"]))


@subscribe(*MONEY_GOING_BACK, queue="money")
def adjust_shares(event: Event) -> None:
    """What went back to the buyer is taken back from those it was shared among; for a return or a
    cancelled part from whoever sold it, and nobody else.

    While a dispute is open nobody is paid out of it; a lost one is a refund that the buyer's bank
    decided (docs/decisions/0045). One subscriber, so that a payment's news is heard in order.
    """
    data = event.data
    if data["purpose"] != PURPOSE:
        raise Ignore(f"Paid for {data['purpose']}, not for an order.")
    order_id, payment_id = UUID(data["purpose_id"]), UUID(data["payment_id"])
    try:
        if event.type == "payment.refunded":
            refund_id = UUID(data["refund_id"])
            if is_of_change(refund_id):
                raise Ignore("The change of the order has told those who sell less.")
            shares.take_back(
                order_id=order_id,
                payment_id=payment_id,
                amount=Money(data["refund_minor"], data["currency"]),
                cause=f"refund:{refund_id}",
                split=split_of_refund(refund_id) or split_of_part(refund_id),
                is_rest=data["status"] == GatewayStatus.REFUNDED,
            )
        elif event.type == "payment.refund_failed":
            shares.give_again(order_id=order_id, cause=f"refund:{data['refund_id']}")
        else:
            shares.follow_dispute(order_id=order_id, dispute_id=UUID(data["dispute_id"]))
    except Conflict as early:
        raise Retry(early.message) from early
