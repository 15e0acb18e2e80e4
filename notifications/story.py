"""What people were told, as lines of a row's story."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from core.admin.story import MOST_LINES, Line
from notifications.kinds import title_of
from notifications.models import Notification


def message_lines(about: Q) -> Iterator[Line]:
    """One line a message, with what became of it on each channel."""
    told: Any = Notification.objects.filter(about).prefetch_related("deliveries")
    for notification in told[:MOST_LINES]:
        ways = [
            f"{one.get_channel_display()}: {one.get_state_display()}"
            for one in notification.deliveries.all()
        ]
        yield Line(
            at=notification.created_at,
            what="Message",
            title=title_of(notification.kind),
            detail=", ".join(ways),
            label="info",
            link=reverse("admin:notifications_notification_change", args=[notification.pk]),
        )
