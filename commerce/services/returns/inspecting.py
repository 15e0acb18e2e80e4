"""A parcel was opened: what is accepted, where it goes, and what the buyer gets for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from commerce.enums import ReturnFate, ReturnState
from commerce.models import Order, OrderLine, ReturnLine, ReturnRequest
from commerce.services.returns.amounts import Back, Paid, part_of, share_of
from commerce.services.returns.refunding import ask_for_refund
from commerce.services.returns.steps import STAFF, lock_return, step
from commerce.services.stock import take_in_again
from core.audit import record_audit
from core.errors import Conflict, Invalid, PermissionRefused
from core.identity import acting_as_system, current_identity
from payments.services.sharing.sales import rate_of


@dataclass(frozen=True, slots=True)
class Finding:
    """Of one line of the return: so many are accepted, and go back on the shelf or are written
    off. `line_id` is the return's own line."""

    line_id: UUID
    accepted: int
    fate: str = ReturnFate.RESTOCK
    location_id: UUID | None = None


@transaction.atomic
def inspect_return(
    *,
    return_id: UUID,
    findings: Sequence[Finding],
    refund_shipping: bool = False,
    note: str = "",
) -> ReturnRequest:
    """Write down what was found, move the goods, and ask for the refund, all or nothing.

    Every line must be named. What is accepted is refunded at what was paid for it; nothing
    accepted closes the return. Raises NotFound, PermissionRefused, Invalid, Conflict when it is
    not received, or shipping was given back before.
    """
    if current_identity().role not in STAFF:
        raise PermissionRefused("Only staff inspect returns.")
    request = lock_return(return_id)
    if request.state != ReturnState.RECEIVED:
        step(request, ReturnState.INSPECTED)  # which refuses, naming what may follow
    with acting_as_system("a return was inspected"):
        order = request.order
        lines = {row.pk: row for row in request.lines.select_related("line__variant")}
        _refuse_nonsense(lines, findings)
        total = 0
        for finding in sorted(findings, key=lambda finding: finding.line_id):
            total += _settle(request, lines[finding.line_id], finding)
        shipping = _shipping(order) if refund_shipping else 0
    values = {"refund_minor": total + shipping, "shipping_minor": shipping}
    step(request, ReturnState.INSPECTED, note=note, **values)
    record_audit(
        action="return.inspected",
        resource=request,
        details={"number": request.number, "refund": str(request.refund)},
    )
    if request.refund_minor:
        ask_for_refund(request, requested_by=current_identity().user_id)
    else:
        step(request, ReturnState.CLOSED, note="Nothing to refund.")
    return request


def _refuse_nonsense(lines: dict[UUID, ReturnLine], findings: Sequence[Finding]) -> None:
    named = [finding.line_id for finding in findings]
    if set(named) != set(lines) or len(named) != len(lines):
        raise Invalid(
            "Say of each line what was found.",
            details={"lines": [f"Name each of: {', '.join(str(key) for key in lines)}."]},
        )
    for place, finding in enumerate(findings):
        if not 0 <= finding.accepted <= lines[finding.line_id].quantity:
            raise Invalid(
                "Accept between none and all of a line.",
                details={f"lines.{place}.accepted": [f"0 to {lines[finding.line_id].quantity}."]},
            )


def _settle(request: ReturnRequest, row: ReturnLine, finding: Finding) -> int:
    """One line: its amounts, and its goods. Returns what is refunded for it."""
    line = row.line
    row.accepted = finding.accepted
    if finding.accepted:
        row.fate = ReturnFate(finding.fate)
        row.location_id = finding.location_id
        back = part_of(_paid(line), _before(line), finding.accepted)
        row.refund_minor, row.tax_minor = back.total, back.tax
        row.share_minor = _share(request.order, row, back)
        _move_goods(row)
    row.save()
    return row.refund_minor


def _paid(line: OrderLine) -> Paid:
    return Paid(
        pieces=line.quantity,
        total=line.total_minor - line.discount_minor + line.tax_minor,
        tax=line.tax_minor + line.included_tax_minor,
    )


def _before(line: OrderLine) -> Back:
    sums = ReturnLine.objects.filter(line=line, accepted__isnull=False).aggregate(
        pieces=Sum("accepted"), total=Sum("refund_minor"), tax=Sum("tax_minor")
    )
    return Back(int(sums["pieces"] or 0), int(sums["total"] or 0), int(sums["tax"] or 0))


def _share(order: Order, row: ReturnLine, back: Back) -> int:
    """The vendor's part, at the rate the order was shared out with."""
    earlier = ReturnLine.objects.filter(order=order, vendor_id=row.vendor_id).exclude(pk=row.pk)
    sums = earlier.aggregate(
        total=Sum("refund_minor"), tax=Sum("tax_minor"), share=Sum("share_minor")
    )
    rate = rate_of(source_type="order", source_id=order.pk, payee_id=row.vendor_id)
    return share_of(
        back.net,
        int(sums["total"] or 0) - int(sums["tax"] or 0),
        commission_bps=row.vendor.commission_bps if rate is None else rate,
        share_before=int(sums["share"] or 0),
    )


def _move_goods(row: ReturnLine) -> None:
    variant = row.line.variant
    if variant is None or not variant.tracks_stock or not row.accepted:
        return
    item = take_in_again(
        variant_id=variant.pk,
        quantity=row.accepted,
        source=f"return:{row.request_id}:{row.pk}",
        location_id=row.location_id,
        write_off=row.fate == ReturnFate.WRITE_OFF,
        reason=row.get_reason_display(),
    )
    row.location_id = item.location_id


def _shipping(order: Order) -> int:
    """What the buyer paid besides the lines: shipping, with its tax. Once an order."""
    if order.returns.filter(shipping_minor__gt=0).exists():
        raise Conflict("Shipping of this order was given back already.")
    lines = sum(x.total_minor - x.discount_minor + x.tax_minor for x in order.lines.all())
    return max(0, order.total_minor - lines)
