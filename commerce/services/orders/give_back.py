"""What a cancelled order was paid with goes back to the buyer."""

from uuid import UUID

from accounts.models import User
from commerce.models import Order
from commerce.services.orders.paying import payments_of
from core.money import Money
from payments.enums import REFUND_OVER
from payments.models import Payment, Refund
from payments.services.refunds import refundable, request_refund

PART_KEY = "part:"
TRY = "#"
REASON = {
    "late": "Paid after order {number} was cancelled.",
    "cancelled": "Order {number} was cancelled.",
}


def give_back(order: Order, *, origin: str, requested_by: UUID | None) -> Refund | None:
    """Ask for what is left of the order's payment to be given back, once an order and reason; in
    the caller's transaction, which holds the order. Paid twice, it goes back twice.

    None when nothing is left, or the order was paid outside Tradewind. A large sum waits for
    somebody's approval, as every refund does; so does any sum when it was cancelled by somebody
    who may not give refunds (an agent).
    """
    asked = [
        refund
        for payment in payments_of(order)
        for refund in _all_of(payment, order, origin=origin, requested_by=requested_by)
    ]
    return asked[0] if asked else None


def _all_of(
    payment: Payment, order: Order, *, origin: str, requested_by: UUID | None
) -> list[Refund]:
    key = f"{origin}:{payment.pk}"
    known = list(Refund.objects.filter(idempotency_key=key))
    if known:
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
            alone=may_give_back(requested_by),
        )
        asked.append(refund)
    return asked


def may_give_back(user_id: UUID | None) -> bool:
    """Whether somebody may give money back by themselves. The house may."""
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return user_id is None or (user is not None and user.has_perm("payments.request_refund"))


def part_key(part_id: UUID) -> str:
    """The refund of a cancelled part is known by this."""
    return f"{PART_KEY}{part_id}"


def first_key(refund: Refund) -> str:
    """What it was asked for under the first time; later tries have a number behind it."""
    return str(refund.idempotency_key).partition(TRY)[0]


def given_back_for(*, part_id: UUID) -> Money | None:
    """What goes back for a cancelled part; None while nothing does."""
    tries = Refund.objects.filter(idempotency_key__startswith=part_key(part_id))
    refund = tries.exclude(state__in=REFUND_OVER).first()
    if refund is None:
        return None
    return Money(refund.amount_minor, refund.currency)
