"""Writing to an address again, because somebody on the staff says why."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from notifications.models import Suppression

LEAST_WORDS = 5  # characters: "ok" explains nothing to the next colleague


@transaction.atomic
def lift_suppression(*, suppression_id: UUID, because: str) -> Suppression:
    """End one suppression. The provider's own list is not touched: see its dashboard.

    Raises NotFound, Conflict when it is lifted already, Invalid without a reason.
    """
    because = because.strip()
    if len(because) < LEAST_WORDS:
        raise Invalid("Say why.", details={"because": [f"At least {LEAST_WORDS} characters."]})
    row = Suppression.objects.select_for_update().filter(pk=suppression_id).first()
    if row is None:
        raise NotFound("There is no such suppression.")
    if row.lifted_at is not None:
        raise Conflict("It is lifted already.")
    row.lifted_at, row.lifted_because = timezone.now(), because
    row.save(update_fields=["lifted_at", "lifted_because", "updated_at"])
    record_audit(
        action="suppression.lift",
        resource=row,
        details={"reason": row.reason, "scope": row.scope, "because": because},
    )
    return row
