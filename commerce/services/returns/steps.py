"""A return's steps: locked, refused with the steps that are allowed, written down, announced."""

from typing import Any
from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.enums import NEXT_RETURN, ReturnState
from commerce.models import ReturnChange, ReturnRequest
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound, PermissionRefused
from core.events import publish
from core.identity import Role, acting_as_system, current_identity

BY_HAND = {
    ReturnState.APPROVED, ReturnState.REJECTED, ReturnState.RECEIVED, ReturnState.CLOSED,
    ReturnState.CANCELLED,
}  # fmt: skip
STAFF = {Role.ADMIN, Role.MANAGER, Role.AGENT, Role.SYSTEM}


@transaction.atomic
def move_return(*, return_id: UUID, to: str, note: str = "") -> ReturnRequest:
    """Take a step that needs no more words: approve, reject, receive, cancel, close.

    Buyers may cancel their own. Raises NotFound, Invalid for a state nobody knows or one that is
    reached otherwise, PermissionRefused, Conflict naming the allowed steps.
    """
    target = known_state(to)
    if target not in BY_HAND:
        raise Invalid(
            f"A return becomes {target} by what is found in it.",
            details={"to": ["Send what was found, or ask for the refund."]},
        )
    request = lock_return(return_id)
    if current_identity().role not in STAFF and target != ReturnState.CANCELLED:
        raise PermissionRefused("Only staff decide on returns.")
    step(request, target, note=note)
    record_audit(
        action=f"return.{target}",
        resource=request,
        details={"number": request.number, "note": note},
    )
    return request


def known_state(to: str) -> ReturnState:
    """Raises Invalid for a word nobody knows."""
    try:
        return ReturnState(to)
    except ValueError:
        known = ", ".join(ReturnState.values)
        raise Invalid("There is no such state.", details={"to": [f"One of: {known}."]}) from None


def lock_return(return_id: UUID) -> ReturnRequest:
    """The return, after its order, both locked. Raises NotFound for one the caller cannot see."""
    seen = ReturnRequest.objects.filter(pk=return_id).values_list("order_id", flat=True).first()
    if seen is None:
        raise NotFound("There is no such return.")
    with acting_as_system("a return moves on"):
        locks.lock_order(seen)
        return locks.lock_return(return_id)


def step(request: ReturnRequest, target: ReturnState, *, note: str = "", **values: Any) -> None:
    """Move a locked return, with the columns that go with it. Raises Conflict."""
    previous = ReturnState(request.state)
    if target not in NEXT_RETURN[previous]:
        allowed = [state.value for state in request.next_states()]
        advice = f"It may become: {', '.join(allowed)}." if allowed else "Nothing follows."
        raise Conflict(
            f"{request.number} is {previous} and cannot become {target}. {advice}",
            details={"state": previous.value, "allowed": allowed},
        )
    actor_id = current_identity().user_id
    request.state = target
    for name, value in values.items():
        setattr(request, name, value)
    with acting_as_system("a return moves on"):
        request.save(update_fields=["state", *values, "updated_at"])
        note_step(request, previous=previous, note=note, actor_id=actor_id)
        announce(request, previous=previous)


def note_step(request: ReturnRequest, *, previous: str, note: str, actor_id: UUID | None) -> None:
    """One line of history."""
    ReturnChange.objects.create(
        request=request,
        order_id=request.order_id,
        previous=previous,
        state=request.state,
        note=note,
        actor_id=actor_id,
    )


def announce(request: ReturnRequest, *, previous: str) -> None:
    """Tell what became of it, in the transaction in which it did."""
    publish(
        type="return.status_changed" if previous else "return.requested",
        subject=f"order:{request.order_id}",
        data={
            "return_id": str(request.pk),
            "order_id": str(request.order_id),
            "number": request.number,
            "state": str(request.state),
            "previous_state": str(previous),
            "refund_minor": request.refund_minor,
            "currency": request.currency,
        },
    )
