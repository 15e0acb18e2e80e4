"""First shape, replaced by its builder in a moment."""

from typing import Any

from core.identity import current_identity
from core.models import AuditEntry
from core.requests.context import current_request_id


def record_audit(
    *, action: str, resource: object = "", details: dict[str, Any] | None = None, success: bool = True
) -> None:
    """Write one entry of the audit trail."""
    identity = current_identity()
    AuditEntry(
        actor_id=identity.user_id,
        actor_role=identity.role.value,
        reason=identity.reason,
        action=action,
        resource=str(resource),
        details=details or {},
        success=success,
        request_id=current_request_id(),
    ).save()
