"""Refunds of orders that did not happen: seen by staff, and asked for again.

A refund is rejected by whoever had to approve it, refused by the gateway, or sent back by a bank.
Those of returns are followed on the return (services/returns/refunding.py).
"""

from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.models import Order
from commerce.services.orders.give_back import PART_KEY, TRY, first_key, may_give_back
from commerce.services.orders.paying import ids_of
from commerce.services.orders.settlement import CHANGE_KEY
from core.audit import record_audit
from core.errors import Conflict
from core.identity import acting_as_system, current_identity
from core.money import Money
from payments.enums import REFUND_OVER, RefundOrigin
from payments.models import Refund
from payments.services.refunds import refundable, request_refund

OURS = (PART_KEY, CHANGE_KEY, f"{RefundOrigin.CANCELLED}:", f"{RefundOrigin.LATE}:")
NOTE = "No refund of "


def not_given(order: Order) -> list[Refund]:
    """What its buyer should have back and has not; each once, however often it was tried."""
    with acting_as_system("refunds of an order"):
        rows = Refund.objects.filter(payment_id__in=ids_of(order)).order_by("id")
        latest = {first_key(refund): refund for refund in rows if _is_ours(refund)}
    return [refund for refund in latest.values() if refund.state in REFUND_OVER]


@transaction.atomic
def ask_again(*, order_id: UUID, refund_id: UUID) -> Refund:
    """Ask for the same refund anew, as whoever is acting; limits and approval as for any.

    Raises NotFound, Conflict for a refund that is not over, is no order's, or finds less left than
    it was about: what else went back meanwhile may have been the same money.
    """
    order = locks.lock_order(order_id)
    refund = next((one for one in not_given(order) if one.pk == refund_id), None)
    if refund is None:
        raise Conflict("This refund is on its way, or was asked for again already.")
    asker = current_identity().user_id
    with acting_as_system("ask for a refund again"):
        payment = refund.payment
        _refuse_less(refund, refundable(payment))
        key = first_key(refund)
        tries = Refund.objects.filter(idempotency_key__startswith=f"{key}{TRY}").count()
        again = request_refund(
            payment_id=payment.pk,
            amount=refund.amount,
            reason=refund.reason,
            requested_by=asker,
            key=f"{key}{TRY}{tries + 2}",
            origin=refund.origin,
            alone=may_give_back(asker),
        )
        note_not_given(order)
    record_audit(action="order.refund_again", resource=order, details={"number": order.number})
    return again


def note_not_given(order: Order) -> None:
    """The order's note for staff, as it is now. The caller holds the order."""
    lines = [line for line in order.attention.splitlines() if not line.startswith(NOTE)]
    lines += [
        f"{NOTE}{refund.amount}: {refund.reason} {refund.failure}".strip()
        for refund in not_given(order)
    ]
    if lines != order.attention.splitlines():
        order.attention = "\n".join(lines)
        order.save(update_fields=["attention", "updated_at"])


def _refuse_less(refund: Refund, left: Money) -> None:
    if left.currency == refund.currency and left >= refund.amount:
        return
    raise Conflict(
        f"Of {refund.payment.reference} {left} is left, {refund.amount} was to go back: see what "
        "went back of it, and give the rest back on the payment's own page.",
        details={"refundable": left.as_json()},
    )


def _is_ours(refund: Refund) -> bool:
    return str(refund.idempotency_key).startswith(OURS)
