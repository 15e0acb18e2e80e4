"""What a cancelled order was paid with goes back to the buyer."""

from uuid import UUID

from commerce.models import Order
from payments.models import Payment, Refund
from payments.services.refunds import refundable, request_refund

REASON = {
    "late": "Paid after order {number} was cancelled.",
    "cancelled": "Order {number} was cancelled.",
}


def give_back(order: Order, *, origin: str, requested_by: UUID | None) -> Refund | None:
    """Ask for what is left of the order's payment to be given back, once an order and reason; in
    the caller's transaction, which holds the order. Paid twice, it goes back twice.

    None when nothing is left, or the order was paid outside Tradewind. A large sum waits for
    somebody's approval, as every refund does.
    """
    payment = Payment.objects.filter(pk=order.payment_id).first() if order.payment_id else None
    if payment is None:
        return None
    key = f"{origin}:{payment.pk}"
    known = Refund.objects.filter(idempotency_key=key).first()
    if known is not None:
        return known
    asked: list[Refund] = []
    while left := refundable(payment):  # each try of the payer is given back by itself
        refund = request_refund(
            payment_id=payment.pk,
            amount=left,
            reason=REASON[origin].format(number=order.number),
            requested_by=requested_by,
            key=f"{key}:{len(asked)}" if asked else key,
            origin=origin,
        )
        asked.append(refund)
    return asked[0] if asked else None
