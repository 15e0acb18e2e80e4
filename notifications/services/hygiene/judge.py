"""FCM says that a device is gone: switch it off, unless too many are gone at once.

When wrong credentials are deployed, FCM calls every phone of the shop a stranger. So when more
than five in a hundred answers of the last hour would switch a device off, nobody is: those of the
hour are switched on again, all are held, and staff decide (services/hygiene/alarm.py).
"""

from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from notifications.enums import DeactivatedReason, VerdictState
from notifications.models import Device, DeviceAlarm, DeviceVerdict
from notifications.services.devices.leaving import deactivate
from notifications.services.hygiene.window import answered_since, window_begins
from notifications.services.notify import notify

logger = structlog.get_logger(__name__)

SHARE = 0.05
ENOUGH = 10  # of a handful of phones one that is gone is a large share, and no alarm
ENOUGH_STRANGERS = 3  # "wrong project" does not happen to single phones
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('notifications.hygiene', 0))"


@transaction.atomic
def judge(*, device_id: UUID, reason: DeactivatedReason) -> VerdictState:
    """Act on FCM's word about one device; returns what became of it."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    if DeviceAlarm.objects.filter(closed_at__isnull=True).exists():
        _hold(device_id, reason)
        return VerdictState.HELD
    if deactivate(device_id=device_id, reason=reason):
        DeviceVerdict.objects.create(device_id=device_id, reason=reason)
    began = window_begins()
    if _too_many(began):
        return VerdictState.HELD
    return VerdictState.APPLIED


def _hold(device_id: UUID, reason: DeactivatedReason) -> None:
    held = DeviceVerdict.objects.filter(device_id=device_id, state=VerdictState.HELD)
    if not held.exists():
        DeviceVerdict.objects.create(device_id=device_id, reason=reason, state=VerdictState.HELD)


def _too_many(began: datetime) -> bool:
    """Raise the alarm when it is time to, and undo what the window did."""
    recent = DeviceVerdict.objects.filter(created_at__gte=began, state=VerdictState.APPLIED)
    gone = recent.count()
    if gone < ENOUGH_STRANGERS:
        return False
    strangers = recent.filter(reason=DeactivatedReason.WRONG_PROJECT).count()
    answered = max(answered_since(began), gone)
    if gone <= SHARE * answered or (gone < ENOUGH and strangers < ENOUGH_STRANGERS):
        return False
    alarm = DeviceAlarm.objects.create(gone=gone, answered=answered)
    _undo(list(recent.values_list("device_id", flat=True)))
    recent.update(state=VerdictState.HELD)
    logger.error("devices.alarm", gone=gone, answered=answered)
    _tell(alarm)
    return True


def _undo(device_ids: list[UUID]) -> None:
    """Switched off by FCM's answers within the window: on again."""
    said_by_fcm = [reason for reason in DeactivatedReason if reason != DeactivatedReason.IDLE]
    Device.objects.filter(
        pk__in=device_ids, active=False, deactivated_reason__in=said_by_fcm
    ).update(active=True, deactivated_reason="", deactivated_at=None)


def _tell(alarm: DeviceAlarm) -> None:
    page = reverse("admin:notifications_devicealarm_change", args=[alarm.pk])
    notify(
        kind="devices_alarm",
        dedupe_key=f"devices_alarm:{alarm.pk}",
        context={
            "gone": alarm.gone,
            "answered": alarm.answered,
            "url": f"{settings.BASE_URL}{page}",
        },
        email=settings.ADMIN_EMAIL,
        category="essential",
    )
