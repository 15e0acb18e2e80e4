"""Jobs of this floor."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.schedule import scheduled
from notifications.services.campaigns.clock import call_silent_campaigns
from notifications.services.day_figures import count_days
from notifications.services.devices import deactivate_idle_devices, remove_old_devices
from notifications.services.given_up import record_given_up
from notifications.services.hygiene.alarm import forget_old_verdicts
from notifications.services.old_messages import delete_old_messages
from notifications.services.sent_copies import drop_old_copies
from notifications.services.topics.reconcile import reconcile
from notifications.services.weekly import forget_rounds, write_weekly_reports


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


@scheduled("notifications.sent_copies", daily_at=(3, 50))
def drop_copies() -> dict[str, Any]:
    """What mails said goes after 180 days; that they were sent stays."""
    return {"dropped": drop_old_copies()}


@scheduled("notifications.weekly_reports", every=timedelta(minutes=10))
def report_the_week() -> dict[str, Any]:
    """Write the weekly reports of the time zones in which it is Monday, eight o'clock."""
    now = timezone.now()
    return {"written": write_weekly_reports(now=now), "forgotten": forget_rounds(now=now)}


@scheduled("notifications.day_figures", daily_at=(0, 15))
def count_messages() -> dict[str, Any]:
    """Count the last four weeks' messages for the charts."""
    return {"rows": count_days(today=timezone.now().date())}


@scheduled("notifications.old_messages", daily_at=(2, 20))
def let_old_messages_go() -> dict[str, Any]:
    """Messages older than NOTIFICATIONS_KEPT_DAYS go, with all that belongs to them."""
    return {"deleted": delete_old_messages()}


@scheduled("notifications.silent_campaigns", every=timedelta(minutes=10))
def call_for_silent_campaigns() -> dict[str, Any]:
    """Have a campaign go on whose steps kept failing until the event log gave them up."""
    return {"called": call_silent_campaigns()}
