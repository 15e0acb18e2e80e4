"""The money for a return: asked for once, followed, and borne by those who had it."""

from uuid import UUID

from django.db import transaction

from commerce.enums import ReturnState
from commerce.models import ReturnLine, ReturnRequest
from commerce.services.orders.give_back import may_give_back
from commerce.services.orders.paying import with_room
from commerce.services.returns.steps import STAFF, lock_return, step
from core.audit import record_audit
from core.errors import Conflict, DomainError, PermissionRefused
from core.identity import acting_as_system, current_identity
from payments.enums import REFUND_OVER, REFUND_TAKEN, PayeeKind
from payments.models import Refund
from payments.services.books.accounts import SHIPPING, SHOP_COMMISSION, TAX, payable_to
from payments.services.refunds import request_refund

OUTSIDE = "The order was not paid through Tradewind: give the money back by hand, then close."


@transaction.atomic
def refund_return(*, return_id: UUID) -> ReturnRequest:
    """Ask for the refund again: the first was rejected, failed, or could not be asked for.

    Raises NotFound, PermissionRefused, Conflict while one is on its way or nothing is due.
    """
    if current_identity().role not in STAFF:
        raise PermissionRefused("Only staff ask for refunds.")
    request = lock_return(return_id)
    if request.state not in (ReturnState.INSPECTED, ReturnState.REFUNDED):
        raise Conflict(f"{request.number} is {request.state}: no refund is due.")
    with acting_as_system("refund a return"):
        before = Refund.objects.filter(pk=request.refund_id).first() if request.refund_id else None
    if before is not None and before.state not in REFUND_OVER:
        raise Conflict(f"Its refund is {before.get_state_display().lower()}.")
    ask_for_refund(request, requested_by=current_identity().user_id)
    record_audit(action="return.refund", resource=request, details={"refund": str(request.refund)})
    return request


def ask_for_refund(request: ReturnRequest, *, requested_by: UUID | None) -> None:
    """Ask payments, under a key of this return and try; the caller holds order and return.

    What stands against it is written on the return: its goods are inspected all the same.
    """
    with acting_as_system("refund a return"):
        order = request.order
        payment = with_room(order, request.refund)
        request.tries += 1
        request.refund_problem = "" if payment else OUTSIDE
        if payment is not None:
            try:
                with transaction.atomic():
                    refund = request_refund(
                        payment_id=payment.pk,
                        amount=request.refund,
                        reason=f"Return {request.number}",
                        requested_by=requested_by,
                        key=f"return:{request.pk}:{request.tries}",
                        alone=may_give_back(requested_by),
                    )
            except DomainError as refusal:
                request.refund_problem = refusal.message
            else:
                request.refund_id, request.refund_state = refund.pk, str(refund.state)
        request.save(
            update_fields=["tries", "refund_problem", "refund_id", "refund_state", "updated_at"]
        )


@transaction.atomic
def follow_refund(*, refund_id: UUID) -> bool:
    """Show on the return what became of its refund; False when it is no return's."""
    with acting_as_system("follow a refund"):
        known = ReturnRequest.objects.filter(refund_id=refund_id).values_list("pk", flat=True)
        return_id = known.first()
        if return_id is None:
            return False
        request = lock_return(return_id)
        refund = Refund.objects.get(pk=refund_id)
        request.refund_state = str(refund.state)
        over = refund.state in REFUND_OVER
        request.refund_problem = (refund.failure or "The refund failed.") if over else ""
        request.save(update_fields=["refund_state", "refund_problem", "updated_at"])
        if refund.state in REFUND_TAKEN and request.state == ReturnState.INSPECTED:
            step(request, ReturnState.REFUNDED, note=f"{refund.amount} refunded")
        return True


def split_of_refund(refund_id: UUID) -> dict[str, int] | None:
    """Who bears the refund of a return, by account in the books: the vendors of what came back,
    our commission on it, its tax, shipping. None when it is no return's."""
    request = ReturnRequest.objects.filter(refund_id=refund_id).first()
    if request is None:
        return None
    order = request.order
    split = dict.fromkeys((SHOP_COMMISSION.code, SHIPPING.code, TAX.code), 0)
    for row in ReturnLine.objects.filter(request=request).order_by("id"):
        code = payable_to(PayeeKind.VENDOR, row.vendor_id, "").code
        split[code] = split.get(code, 0) + row.share_minor
        split[TAX.code] += row.tax_minor
        split[SHOP_COMMISSION.code] += row.refund_minor - row.tax_minor - row.share_minor
    if request.shipping_minor:
        tax = order.shipping_tax_minor + order.shipping_included_tax_minor
        split[TAX.code] += min(tax, request.shipping_minor)
        split[SHIPPING.code] += request.shipping_minor - min(tax, request.shipping_minor)
    return split
