"""When a person wants to be left in peace."""

from datetime import time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.errors import Invalid
from core.events import publish
from core.identity import acting_as_system
from notifications.models import QuietHours
from notifications.services.waiting import QUIET_OVER, call


@transaction.atomic
def set_quiet_hours(
    *, user_id: UUID, starts: time, ends: time, by_staff: bool = False
) -> QuietHours:
    """From when to when, on the clock of the user's time zone; replaces what was set before.

    What waits already is decided anew. Raises Invalid when both are the same.
    """
    if starts == ends:
        raise Invalid("Quiet hours begin and end.", details={"ends": ["Another time than starts."]})
    with acting_as_system("quiet hours"):
        hours, _ = QuietHours.objects.update_or_create(
            user_id=user_id, defaults={"starts": starts, "ends": ends}
        )
        _changed(user_id, by_staff, str(hours))
    return hours


@transaction.atomic
def clear_quiet_hours(*, user_id: UUID, by_staff: bool = False) -> bool:
    """No quiet hours any more; what waits goes now. Returns whether there were any."""
    with acting_as_system("quiet hours"):
        gone, _ = QuietHours.objects.filter(user_id=user_id).delete()
        if gone:
            _changed(user_id, by_staff, "none")
    return bool(gone)


@transaction.atomic
def quiet_hours_of(user_id: UUID) -> QuietHours | None:
    """A user's quiet hours, if they want any."""
    with acting_as_system("quiet hours"):
        return QuietHours.objects.filter(user_id=user_id).first()


def _changed(user_id: UUID, by_staff: bool, hours: str) -> None:
    """A call whose time has come already (subscribers.end_quiet_hours)."""
    now = timezone.now()
    publish(type=QUIET_OVER, subject=f"quiet_hours:{user_id}", data=call(user_id, now))
    if by_staff:
        record_audit(action="quiet_hours.set", resource=f"user:{user_id}", details={"to": hours})
