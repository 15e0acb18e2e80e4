"""Agents get customers, and lose them."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.audit import record_audit
from core.errors import Invalid, NotFound, PermissionRefused
from core.events import publish
from core.identity import Role, current_identity
from crm.models import Assignment, Customer

MAY_ASSIGN = {Role.ADMIN, Role.MANAGER, Role.SYSTEM}


@transaction.atomic
def assign_agent(*, customer_id: UUID, user_id: UUID) -> Assignment:
    """Let an agent see and serve a customer; a second time changes nothing.

    Announces `customer.assigned`. Raises PermissionRefused for whoever may not decide this,
    NotFound without the customer, Invalid when the user is no active agent.
    """
    _require_right()
    if not Customer.objects.filter(pk=customer_id).exists():
        raise NotFound("There is no such customer.")
    agent = User.objects.filter(pk=user_id, is_active=True).first()
    if agent is None or agent.role is not Role.AGENT:
        reason = "Only an active user with the role agent can be assigned."
        raise Invalid(reason, details={"user": [reason]})
    assignment = Assignment(
        user=agent, customer_id=customer_id, assigned_by_id=current_identity().user_id
    )
    Assignment.objects.bulk_create([assignment], ignore_conflicts=True)
    kept = Assignment.objects.get(user_id=user_id, customer_id=customer_id)
    if kept.pk == assignment.pk:
        _tell("customer.assigned", customer_id, user_id)
    return kept


@transaction.atomic
def unassign_agent(*, customer_id: UUID, user_id: UUID) -> bool:
    """Take a customer from an agent; False when they did not have it.

    Announces `customer.unassigned`. Raises PermissionRefused.
    """
    _require_right()
    removed, _ = Assignment.objects.filter(user_id=user_id, customer_id=customer_id).delete()
    if removed:
        _tell("customer.unassigned", customer_id, user_id)
    return bool(removed)


def _require_right() -> None:
    if current_identity().role not in MAY_ASSIGN:
        raise PermissionRefused("Only managers and admins assign customers.")


def _tell(event_type: str, customer_id: UUID, user_id: UUID) -> None:
    """The news and the audit entry of one (un)assignment."""
    publish(
        type=event_type,
        subject=f"customer:{customer_id}",
        data={"customer_id": str(customer_id), "agent_id": str(user_id)},
    )
    record_audit(
        action=event_type, resource=f"customer:{customer_id}", details={"agent": str(user_id)}
    )
