"""The audit trail: who did what to which thing, and whether it worked.

    record_audit(action="order.cancel", resource=order, details={"from": "paid", "to": "cancelled"})

Any identity may leave a trace; only staff read it; the database lets nobody change or remove one.
Details say which fields and which states, never the values of secrets or of personal data: those
are taken out by name and by pattern before anything is written.
"""

from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

from core.identity import current_identity
from core.logs.redaction import redact
from core.requests.context import current_caller, current_request_id

INSERT = """
INSERT INTO core_auditentry (actor_id, actor_role, reason, action, resource, details, success,
                             ip, agent, request_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def record_audit(
    *,
    action: str,
    resource: models.Model | str = "",
    details: dict[str, Any] | None = None,
    success: bool = True,
) -> None:
    """Write one entry in the caller's transaction, under whatever identity it has.

    It is rolled back together with what it speaks of. A refusal that must stay on record is
    written in a transaction of its own, after the failed one. `resource` is a row or "kind:id".
    """
    identity, caller = current_identity(), current_caller()
    values: list[Any] = [
        identity.user_id,
        identity.role.value,
        identity.reason,
        action,
        resource if isinstance(resource, str) else name_of(resource),
        Jsonb(redact(details or {})),
        success,
        caller.address,
        caller.agent,
        current_request_id(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)


def name_of(row: models.Model) -> str:
    """A row as "kind:id", such as "order:0197f3a0-...": short, stable, and no person in it."""
    return f"{row._meta.model_name}:{row.pk}"
