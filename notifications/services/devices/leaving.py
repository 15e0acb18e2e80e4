"""Letting go of devices: logged out, called gone by FCM, or not seen for long."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.identity import acting_as_system
from notifications.enums import DeactivatedReason
from notifications.models import Device
from notifications.models.device import IDLE_AFTER
from notifications.services.topics.carrying import leave_all, leave_all_of

BATCH = 500
KEPT_AFTER = timedelta(days=90)  # "why do I get no pushes?" can be answered for so long


@transaction.atomic
def forget_device(*, user_id: UUID, device_id: UUID) -> bool:
    """Delete one of the user's devices (logout), out of all topics; says whether it was there."""
    with acting_as_system("forget device"):  # what it joined is not the person's to change
        device = Device.objects.select_for_update().filter(pk=device_id, user_id=user_id).first()
        if device is None:
            return False
        leave_all(device=device)
        device.delete()
    return True


@transaction.atomic
def deactivate(*, device_id: UUID, reason: DeactivatedReason) -> bool:
    """No more pushes to this device; the row stays for a while, to answer questions.

    Its topics stay as they were asked for: whatever registers it again brings them back.
    """
    switched = Device.objects.filter(pk=device_id, active=True).update(
        active=False, deactivated_reason=reason, deactivated_at=timezone.now()
    )
    return bool(switched)


def deactivate_idle_devices(*, dry_run: bool = False) -> int:
    """Switch devices off that were not seen for 90 days, out of all topics; returns how many.

    With `dry_run` only counts.
    """
    idle = Device.objects.filter(active=True, last_seen_at__lt=timezone.now() - IDLE_AFTER)
    if dry_run:
        with acting_as_system("idle devices"), transaction.atomic():
            return idle.count()
    gone = 0
    while True:
        with acting_as_system("idle devices"), transaction.atomic():
            ids = list(
                idle.select_for_update(skip_locked=True)
                .order_by("last_seen_at")
                .values_list("pk", flat=True)[:BATCH]
            )
            Device.objects.filter(pk__in=ids).update(
                active=False,
                deactivated_reason=DeactivatedReason.IDLE,
                deactivated_at=timezone.now(),
            )
            leave_all_of(device_ids=ids)
        gone += len(ids)
        if len(ids) < BATCH:
            return gone


def remove_old_devices(*, dry_run: bool = False) -> int:
    """Delete rows of devices that were switched off 90 days ago; returns how many went, or would.

    Their places in topics outlive them until FCM has taken them out.
    """
    old = Device.objects.filter(active=False, deactivated_at__lt=timezone.now() - KEPT_AFTER)
    with acting_as_system("idle devices"), transaction.atomic():
        return old.count() if dry_run else old.delete()[0]
