"""A user's tier: set by whoever knows what is paid for, nobody else."""

from uuid import UUID

from django.db import transaction

from accounts.enums import Tier
from accounts.models import User
from core.audit import record_audit
from core.events import publish
from core.identity import acting_as_system


def lock_user(user_id: UUID) -> User | None:
    """The user, held until the transaction ends; rows that refer to it may still be written."""
    return User.objects.select_for_update(no_key=True).filter(pk=user_id).first()


def set_tier(*, user_id: UUID, tier: Tier, why: str) -> bool:
    """Change the tier; False when it was that already or nobody has this id.

    News: `user.tier_changed` {user_id, was, tier}. `why` is a sentence for the audit trail.
    """
    with acting_as_system("tier"), transaction.atomic():
        user = lock_user(user_id)
        if user is None or user.tier == tier:
            return False
        was, user.tier = user.tier, tier
        user.save(update_fields=["tier", "updated_at"])
        resource = f"user:{user_id}"
        details = {"from": was, "to": str(tier), "why": why}
        record_audit(action="user.set_tier", resource=resource, details=details)
        news = {"user_id": str(user_id), "was": was, "tier": str(tier)}
        publish(type="user.tier_changed", subject=resource, data=news)
        return True
