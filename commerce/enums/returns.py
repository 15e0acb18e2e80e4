"""Returns, and which step may follow which."""

from django.db import models


class ReturnState(models.TextChoices):
    """Where a return stands. Refunded: the buyer's money is on its way, says the gateway."""

    REQUESTED = "requested", "Requested"
    APPROVED = "approved", "Approved"
    RECEIVED = "received", "Received"
    INSPECTED = "inspected", "Inspected"
    REFUNDED = "refunded", "Refunded"
    CLOSED = "closed", "Closed"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"


class ReturnReason(models.TextChoices):
    """Why somebody sends a thing back."""

    DAMAGED = "damaged", "Arrived damaged"
    WRONG = "wrong", "Not what was ordered"
    NOT_AS_DESCRIBED = "not_as_described", "Not as described"
    TOO_LATE = "too_late", "Came too late"
    CHANGED_MIND = "changed_mind", "Changed their mind"
    OTHER = "other", "Something else"


class ReturnFate(models.TextChoices):
    """What becomes of accepted pieces."""

    RESTOCK = "restock", "Back on the shelf"
    WRITE_OFF = "write_off", "Written off"


_R = ReturnState
NEXT_RETURN: dict[ReturnState, frozenset[ReturnState]] = {
    _R.REQUESTED: frozenset({_R.APPROVED, _R.REJECTED, _R.CANCELLED}),
    _R.APPROVED: frozenset({_R.RECEIVED, _R.CANCELLED}),
    _R.RECEIVED: frozenset({_R.INSPECTED}),
    _R.INSPECTED: frozenset({_R.REFUNDED, _R.CLOSED}),
    _R.REFUNDED: frozenset({_R.CLOSED}),
    _R.CLOSED: frozenset(),
    _R.REJECTED: frozenset(),
    _R.CANCELLED: frozenset(),
}
"""Each state of a return and those that may follow it."""
