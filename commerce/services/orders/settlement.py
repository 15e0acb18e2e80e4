"""A paid order costs something else than was paid: the difference is asked for, or given back."""

from typing import Any
from uuid import UUID

from commerce.enums import PaymentStatus, SettlementState
from commerce.models import Order, OrderRevision, OrderSettlement
from commerce.services.orders.give_back import may_give_back
from commerce.services.orders.paying import ask_back, ids_of
from commerce.services.orders.shares import change_shares, share_out, unpaid_of
from core.identity import acting_as_system
from core.money import Money
from payments.enums import RefundOrigin
from payments.models import Refund

CHANGE_KEY = "change:"
MORE_DUE = " more is to be paid: it was changed."
BACK_DUE = " is to be given back by hand: it was changed, and paid elsewhere or given back already."


def settle_change(
    order: Order, *, was: Money, shares: dict[str, Any], requested_by: UUID | None
) -> OrderSettlement | None:
    """Settle a change of a locked order that cost `was`: what was due before is taken into it.

    None while nothing was paid (the next page asks for the new sum) and when nothing is left to
    settle.
    """
    if order.payment_status == PaymentStatus.UNPAID:
        return None
    paid = was
    before = due_of(order)
    if before is not None:
        paid -= before.amount
        shares = _both(before.shares, shares)
        before.state = SettlementState.WITHDRAWN
        before.save(update_fields=["state", "updated_at"])
    difference = order.total - paid
    note_due(order, difference)
    if difference.minor > 0:
        due = _settlement(order, SettlementState.DUE, difference, shares)
        if before is not None and before.amount == difference:  # the same page is as good
            due.payment_id = before.payment_id
            due.save(update_fields=["payment_id"])
        return due
    if ids_of(order):
        change_shares(order, shares, cause=f"{CHANGE_KEY}{order.revision}")
    if not difference:
        return None
    return give_difference_back(order, -difference, requested_by=requested_by)


def give_difference_back(
    order: Order, amount: Money, *, requested_by: UUID | None
) -> OrderSettlement:
    """Ask for the refund of what an order costs less; what cannot be asked for is noted for a
    person. The caller holds the order."""
    settlement = _settlement(order, SettlementState.BACK, amount, {})
    left = ask_back(
        order,
        amount=amount,
        reason=f"{order.number} was changed.",
        key=f"{CHANGE_KEY}{settlement.pk}",
        origin=RefundOrigin.STAFF,
        requested_by=requested_by,
        alone=may_give_back(requested_by),
    )
    if left:
        _add_note(order, f"{left}{BACK_DUE}")
    return settlement


def due_of(order: Order) -> OrderSettlement | None:
    """What is still to be paid for a paid order; for whoever sees the order."""
    with acting_as_system("what is due"):
        return OrderSettlement.objects.filter(order=order, state=SettlementState.DUE).first()


def settlements_of(order: Order) -> list[OrderSettlement]:
    """All differences that changes left, the newest first; for whoever sees the order."""
    with acting_as_system("what was settled"):
        return list(OrderSettlement.objects.filter(order=order))


def pay_settlement(order: Order, *, payment_id: UUID, amount: Money) -> bool:
    """The difference was paid: those who sold more get their shares. False when it was not what is
    due. The caller holds the order."""
    due = due_of(order)
    if due is None or due.amount != amount:
        return False
    if order.payment_id:
        share_out(order_id=order.pk)  # as it was paid at first; the difference follows
    due.state, due.payment_id = SettlementState.PAID, payment_id
    due.save(update_fields=["state", "payment_id", "updated_at"])
    note_due(order, order.money(0))
    change_shares(order, due.shares, cause=f"{CHANGE_KEY}{due.revision}")
    return True


def is_paid_in_steps(order: Order) -> bool:
    """Whether a change made it dearer after it was paid: that was, or is to be, paid by itself."""
    steps = (SettlementState.DUE, SettlementState.PAID)
    return OrderSettlement.objects.filter(order=order, state__in=steps).exists()


def has_cost(order: Order, amount: Money) -> bool:
    """Whether it cost so much before a change: then that is what its buyer was asked for."""
    return OrderRevision.objects.filter(order=order, before__total=amount.as_json()).exists()


def settle_overtaken(order: Order, paid: Money) -> None:
    """The buyer was quicker than the change and paid what the order had cost before it. The order
    is marked paid already and held by the caller."""
    difference = order.total - paid
    note_due(order, difference)
    if difference.minor > 0:
        _settlement(order, SettlementState.DUE, difference, unpaid_of(order, paid=paid))
    else:
        give_difference_back(order, -difference, requested_by=None)


def is_of_change(refund_id: UUID) -> bool:
    """Whether a refund is the difference of a change: its shares were changed with the order."""
    return Refund.objects.filter(pk=refund_id, idempotency_key__startswith=CHANGE_KEY).exists()


def withdraw_due(order: Order) -> bool:
    """Nobody is asked for the difference any more. The caller holds the order."""
    due = due_of(order)
    if due is None:
        return False
    due.state = SettlementState.WITHDRAWN
    due.save(update_fields=["state", "updated_at"])
    note_due(order, order.money(0))
    return True


def note_due(order: Order, difference: Money) -> None:
    """The order's note for staff, as it is now."""
    lines = [line for line in order.attention.splitlines() if not line.endswith(MORE_DUE)]
    if difference.minor > 0:
        lines.append(f"{difference}{MORE_DUE}")
    if lines != order.attention.splitlines():
        order.attention = "\n".join(lines)
        order.save(update_fields=["attention", "updated_at"])


def _settlement(
    order: Order, state: SettlementState, amount: Money, shares: dict[str, Any]
) -> OrderSettlement:
    return OrderSettlement.objects.create(
        order=order,
        revision=order.revision,
        state=state,
        currency=amount.currency,
        amount_minor=amount.minor,
        shares=shares,
    )


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two changes as one."""
    if not first:
        return second
    vendors = dict(first["vendors"])
    for vendor, net in second["vendors"].items():
        vendors[vendor] = vendors.get(vendor, 0) + net
    return {
        "vendors": vendors,
        "shipping": first["shipping"] + second["shipping"],
        "tax": first["tax"] + second["tax"],
    }


def _add_note(order: Order, why: str) -> None:
    order.attention = "\n".join(filter(None, [order.attention, why]))
    order.save(update_fields=["attention", "updated_at"])
