"""Asking for a return: by the buyer within the window, or by staff at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from commerce import locks
from commerce.enums import ReturnReason, ReturnState
from commerce.models import Order, OrderLine, OrderPart, ReturnLine, ReturnRequest
from commerce.services.returns.steps import announce, note_step
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from core.identity import Role, acting_as_system, current_identity

STAFF = {Role.ADMIN, Role.MANAGER, Role.AGENT, Role.SYSTEM}
OVER = [ReturnState.REJECTED, ReturnState.CANCELLED]


@dataclass(frozen=True, slots=True)
class Piece:
    """So many of a line that come back, and why."""

    line_id: UUID
    quantity: int
    reason: str = ReturnReason.OTHER
    comment: str = ""


@transaction.atomic
def request_return(*, order_id: UUID, pieces: Sequence[Piece], note: str = "") -> ReturnRequest:
    """Ask to send pieces of an order back, as whoever is acting.

    Raises NotFound for an order the caller cannot see, Invalid for lines that are not its own or
    no pieces, Conflict for more than was sent and is not on its way back, and, for buyers, when
    the time for returns is over.
    """
    identity = current_identity()
    if not Order.objects.filter(pk=order_id).exists():  # as far as the caller may look
        raise NotFound("There is no such order.")
    _refuse_nonsense(pieces)
    with acting_as_system("ask for a return"):
        order = locks.lock_order(order_id)
        lines = {line.pk: line for line in order.lines.all()}
        for place, piece in enumerate(pieces):
            if piece.line_id not in lines:
                raise Invalid("That is not in the order.", details={f"lines.{place}": ["Unknown."]})
        if identity.role not in STAFF:
            _refuse_late(order, {lines[piece.line_id].vendor_id for piece in pieces})
        _refuse_more(order, pieces, lines)
        request = ReturnRequest(
            order=order,
            number=f"{order.number}-R{order.returns.count() + 1}",
            note=note,
            requested_by=identity.user_id,
            currency=order.currency,
        )
        try:
            with transaction.atomic():
                request.save(force_insert=True)
                for piece in pieces:
                    _write(request, piece, lines[piece.line_id])
        except IntegrityError:
            raise Conflict("No more can come back than was sent.") from None
        note_step(request, previous="", note=note, actor_id=identity.user_id)
        announce(request, previous="")
    record_audit(action="return.request", resource=request, details={"number": request.number})
    return request


def returnable(order: Order) -> dict[UUID, int]:
    """How many pieces of each line were sent and are not on their way back."""
    sent = {
        part.vendor_id
        for part in OrderPart.objects.filter(order=order)
        if part.shipped_at or part.status in ("shipped", "out_for_delivery", "delivered")
    }
    back: dict[UUID, int] = {}
    for row in ReturnLine.objects.filter(order=order).exclude(request__state__in=OVER):
        pieces = row.quantity if row.accepted is None else row.accepted
        back[row.line_id] = back.get(row.line_id, 0) + pieces
    return {
        line.pk: line.quantity - back.get(line.pk, 0) if line.vendor_id in sent else 0
        for line in order.lines.all()
    }


def _refuse_nonsense(pieces: Sequence[Piece]) -> None:
    if not pieces:
        raise Invalid("Say what comes back.", details={"lines": ["Name one line or more."]})
    if len({piece.line_id for piece in pieces}) < len(pieces):
        raise Invalid("Name each line once.", details={"lines": ["A line is named twice."]})
    if any(piece.quantity < 1 for piece in pieces):
        raise Invalid("One piece or more.", details={"lines": ["At least 1 piece."]})


def _refuse_late(order: Order, vendors: set[UUID]) -> None:
    """The window opens when a parcel has arrived, or failing that, was sent."""
    parts = OrderPart.objects.filter(order=order, vendor_id__in=vendors)
    days = timedelta(days=settings.RETURN_WINDOW_DAYS)
    for part in parts:
        since = part.delivered_at or part.shipped_at
        if since and since + days < timezone.now():
            raise Conflict(
                f"Returns are taken for {settings.RETURN_WINDOW_DAYS} days. "
                "Write to us if something is wrong with it."
            )


def _refuse_more(order: Order, pieces: Sequence[Piece], lines: dict[UUID, OrderLine]) -> None:
    left = returnable(order)
    short = [
        {"line": str(p.line_id), "sku": lines[p.line_id].sku, "returnable": left[p.line_id]}
        for p in pieces
        if p.quantity > left[p.line_id]
    ]
    if short:
        names = ", ".join(f"{line['sku']} ({line['returnable']} at most)" for line in short)
        raise Conflict(f"That many cannot come back: {names}.", details={"lines": short})


def _write(request: ReturnRequest, piece: Piece, line: OrderLine) -> None:
    ReturnLine.objects.create(
        request=request,
        order_id=request.order_id,
        line=line,
        vendor_id=line.vendor_id,
        quantity=piece.quantity,
        reason=ReturnReason(piece.reason),
        comment=piece.comment,
    )
