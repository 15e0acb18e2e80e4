"""What a mail is about, as far as whoever gets it may switch it off."""

from notifications.enums import Category
from notifications.kinds.manners import SWITCHABLE, manner_of
from notifications.models import Notification

DIGEST = "digest"


def subjects_of(notification: Notification) -> tuple[str, ...]:
    """What unsubscribing from this mail switches off: its subject, all those of a digest's parts,
    nothing for essential mail."""
    if notification.category == Category.ESSENTIAL:
        return ()
    if notification.kind == DIGEST:
        told = {row["subject"] for row in notification.context.get("items", [])}
        return tuple(subject.value for subject in SWITCHABLE if subject in told)
    manner = manner_of(notification.kind)
    return (manner.subject.value,) if manner.chosen else ()
