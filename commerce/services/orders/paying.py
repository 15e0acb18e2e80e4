"""The payments of an order: the one that paid it, and those that paid for changes of it."""

from uuid import UUID

from commerce.enums import PaymentStatus, SettlementState
from commerce.models import Order, OrderSettlement
from core.errors import DomainError
from core.money import Money
from payments.enums import PaymentStatus as GatewayStatus
from payments.models import Payment, Refund
from payments.services.refunds import refundable, request_refund

# How a payment that came in is seen on its order, by the payment's own status.
PAYMENT_STATUS: dict[str, PaymentStatus] = {
    GatewayStatus.SUCCESS: PaymentStatus.PAID,
    GatewayStatus.PARTIALLY_REFUNDED: PaymentStatus.PARTIALLY_REFUNDED,
    GatewayStatus.REFUNDED: PaymentStatus.REFUNDED,
    GatewayStatus.DISPUTED: PaymentStatus.DISPUTED,
}


def ids_of(order: Order) -> list[UUID]:
    """Of payments that brought money for the order, the first one first."""
    later = OrderSettlement.objects.filter(
        order=order, state=SettlementState.PAID, payment_id__isnull=False
    ).order_by("id")
    first = [order.payment_id] if order.payment_id else []
    return [*first, *(pk for pk in later.values_list("payment_id", flat=True) if pk)]


def payments_of(order: Order) -> list[Payment]:
    """The same, as rows."""
    ids = ids_of(order)
    known = Payment.objects.in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


def with_room(order: Order, amount: Money) -> Payment | None:
    """The payment through which `amount` can go back, else the first; None without any."""
    payments = payments_of(order)
    fitting = (one for one in payments if _holds(one, amount))
    return next(fitting, payments[0] if payments else None)


def _holds(payment: Payment, amount: Money) -> bool:
    room = refundable(payment)
    return room.currency == amount.currency and room >= amount


def together(order: Order, payment_id: UUID, seen: PaymentStatus) -> PaymentStatus:
    """How an order's payments stand together, one of them as it was just `seen`."""
    others = [payment for payment in payments_of(order) if payment.pk != payment_id]
    if not others:
        return seen
    all_of = {seen, *(PAYMENT_STATUS.get(one.status, PaymentStatus.PAID) for one in others)}
    if PaymentStatus.DISPUTED in all_of:
        return PaymentStatus.DISPUTED
    return all_of.pop() if len(all_of) == 1 else PaymentStatus.PARTIALLY_REFUNDED


def ask_back(
    order: Order,
    *,
    amount: Money,
    reason: str,
    key: str,
    origin: str,
    requested_by: UUID | None,
    alone: bool,
) -> Money:
    """Ask for `amount` of an order's money back, from as many of its payments as it takes; once a
    key. Returns what could not be asked for. The caller holds the order."""
    known = Refund.objects.filter(idempotency_key__startswith=f"{key}:")
    if known.exists():
        return Money.zero(amount.currency)
    for payment in payments_of(order):
        room = refundable(payment)
        part = min(room, amount) if room.currency == amount.currency else Money.zero(order.currency)
        if not part:
            continue
        try:
            request_refund(
                payment_id=payment.pk,
                amount=part,
                reason=reason,
                requested_by=requested_by,
                key=f"{key}:{payment.pk}",
                origin=origin,
                alone=alone,
            )
        except DomainError:
            continue
        amount -= part
        if not amount:
            break
    return amount
