"""What staff decide about devices that are held by an alarm."""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict, NotFound
from core.identity import current_identity
from notifications.enums import VerdictState
from notifications.models import Device, DeviceAlarm, DeviceVerdict, PushMinute
from notifications.services.hygiene.judge import ONE_AT_A_TIME
from notifications.services.topics.carrying import ask_anew_for

KEPT = timedelta(days=90)


@transaction.atomic
def close_alarm(*, alarm_id: UUID, apply: bool) -> int:
    """Close it: switch the held devices off (`apply`), or let them be; returns how many devices.

    A device that the app has registered again since is alive, whatever FCM said before.
    Raises NotFound, Conflict.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    alarm = DeviceAlarm.objects.filter(pk=alarm_id).first()
    if alarm is None:
        raise NotFound("There is no such alarm.")
    if alarm.closed_at:
        raise Conflict("It is decided already.")
    held = DeviceVerdict.objects.filter(state=VerdictState.HELD)
    number = _switch_off() if apply else held.count()
    if not apply:
        ask_anew_for(devices=Device.objects.filter(pk__in=held.values("device_id"), active=True))
    held.update(state=VerdictState.APPLIED if apply else VerdictState.DISMISSED, updated_at=Now())
    DeviceAlarm.objects.filter(pk=alarm.pk).update(
        closed_at=timezone.now(), closed_by=current_identity().user_id, applied=apply
    )
    record_audit(
        action="devices.alarm_closed", resource=alarm, details={"applied": apply, "devices": number}
    )
    return number


def _switch_off() -> int:
    word = DeviceVerdict.objects.filter(
        device_id=OuterRef("pk"), state=VerdictState.HELD, created_at__gte=OuterRef("last_seen_at")
    ).values("reason")[:1]
    gone = Device.objects.annotate(word=Subquery(word)).filter(active=True, word__isnull=False)
    return gone.update(
        active=False, deactivated_reason=Subquery(word), deactivated_at=timezone.now()
    )


@transaction.atomic
def forget_old_verdicts() -> int:
    """Remove minutes and decided verdicts that nobody will ask for; returns how many rows."""
    before = timezone.now() - KEPT
    old, _ = PushMinute.objects.filter(minute__lt=before).delete()
    decided = DeviceVerdict.objects.exclude(state=VerdictState.HELD)
    gone, _ = decided.filter(created_at__lt=before).delete()
    return old + gone
