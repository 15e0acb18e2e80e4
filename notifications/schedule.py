"""Jobs of this floor."""

from datetime import timedelta
from typing import Any

from core.schedule import scheduled
from notifications.services.devices import deactivate_idle_devices, remove_old_devices
from notifications.services.given_up import record_given_up
from notifications.services.hygiene.alarm import forget_old_verdicts
from notifications.services.topics.reconcile import reconcile


@scheduled("notifications.idle_devices", daily_at=(3, 40))
def let_idle_devices_go() -> dict[str, Any]:
    """No more pushes to devices that were not seen for 90 days; old rows go 90 days later."""
    return {
        "deactivated": deactivate_idle_devices(),
        "removed": remove_old_devices(),
        "forgotten": forget_old_verdicts(),
    }


@scheduled("notifications.topics", every=timedelta(minutes=1), queue="bulk")
def bring_topics_in_step() -> dict[str, Any]:
    """Ask FCM again for what it did not do at the first try."""
    asked = 0
    while found := reconcile():
        asked += found
    return {"asked": asked}


@scheduled("notifications.given_up", every=timedelta(minutes=5))
def tell_what_was_given_up() -> dict[str, Any]:
    """Mark messages as given up whose worker died three times."""
    return {"marked": record_given_up()}
