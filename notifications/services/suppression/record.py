"""No more mail to an address: written down once per reason, however often it is told."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from notifications.enums import SuppressionReason, SuppressionScope
from notifications.models import Suppression
from notifications.services.suppression.hashing import address_hashes

SCOPE_OF = {
    SuppressionReason.HARD_BOUNCE: SuppressionScope.ALL,
    SuppressionReason.SOFT_BOUNCES: SuppressionScope.ALL,
    SuppressionReason.COMPLAINT: SuppressionScope.NOT_ESSENTIAL,
    SuppressionReason.UNSUBSCRIBED: SuppressionScope.MARKETING,
    SuppressionReason.STAFF: SuppressionScope.NOT_ESSENTIAL,
}


@transaction.atomic
def record_suppression(
    *,
    email: str,
    reason: SuppressionReason,
    source: str,
    delivery_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> Suppression:
    """Stop mail to `email`; which mail follows from `reason`.

    A reason that holds already is kept as it began; a later end replaces an earlier one.
    """
    newest, *former = address_hashes(email)
    known = {"lifted_at": None, "reason": reason}
    if former:  # SECRET_KEY was exchanged: what we learn again moves to the new key
        Suppression.objects.filter(address_hash__in=former, **known).exclude(
            reason__in=Suppression.objects.filter(address_hash=newest, **known).values("reason")
        ).update(address_hash=newest)
    row, is_new = Suppression.objects.get_or_create(
        address_hash=newest,
        **known,
        defaults={
            "scope": SCOPE_OF[reason],
            "source": source,
            "delivery_id": delivery_id,
            "expires_at": expires_at,
        },
    )
    if not is_new and row.expires_at and (expires_at is None or expires_at > row.expires_at):
        row.expires_at = expires_at
        row.save(update_fields=["expires_at", "updated_at"])
    return row
