"""Commission rules: the next version begins where the one in force ends."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict, NotFound
from payments.models import CommissionRule

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('payments.commission_rules', 0))"


@transaction.atomic
def begin_rule(
    *, scope: str, currency: str | None, valid_from: datetime, **terms: Any
) -> CommissionRule:
    """The next version for a scope and currency; the one in force ends when it begins.

    Raises Conflict when a version begins later than it.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    lane = CommissionRule.objects.filter(scope=scope, currency=currency)
    later = lane.filter(valid_from__gte=valid_from).first()
    if later is not None:
        raise Conflict(f"{later} begins on {later.valid_from:%Y-%m-%d %H:%M}: begin after it.")
    in_force = lane.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from))
    in_force.update(valid_to=valid_from, updated_at=timezone.now())
    last = lane.aggregate(last=Max("version"))["last"] or 0
    rule = CommissionRule.objects.create(
        scope=scope, currency=currency, valid_from=valid_from, version=last + 1, **terms
    )
    record_audit(action="commission_rule.begin", resource=rule, details={"rule": str(rule)})
    return rule


@transaction.atomic
def end_rule(*, rule_id: UUID) -> CommissionRule:
    """From now on nothing is earned by it. Raises NotFound, Conflict."""
    rule = CommissionRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("There is no such rule.")
    now = timezone.now()
    if rule.valid_from >= now or (rule.valid_to is not None and rule.valid_to <= now):
        raise Conflict(f"{rule} is not in force.")
    CommissionRule.objects.filter(pk=rule.pk).update(valid_to=now, updated_at=now)
    record_audit(action="commission_rule.end", resource=rule, details={"rule": str(rule)})
    rule.valid_to = now
    return rule
