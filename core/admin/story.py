"""Lines of a row's story, and the part of it that the event log knows.

Each floor tells what its own tables know (payments/selectors.py, commerce/selectors.py); what was
announced, what arrived and who reacted is told here, in words instead of code names.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from core.admin.labels import DELIVERY_LABELS
from core.enums import DeliveryState
from core.identity import Role, current_identity
from core.models import Delivery, Event

MOST_LINES = 200  # per table; a row has a dozen
READS_THE_LOG = (Role.ADMIN, Role.MANAGER, Role.READONLY, Role.SYSTEM)
OURS = "tradewind"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `what` groups lines: gateway, news, reaction, books, message."""

    at: datetime
    what: str
    title: str
    detail: str = ""
    label: str = "default"
    link: str = ""


def reads_the_log() -> bool:
    """Whether the caller may see the machinery; agents do not."""
    return current_identity().role in READS_THE_LOG


def in_words(name: str) -> str:
    """`payments.thank_payer` and `stripe.charge.refunded`, as people say them: the first word says
    whose it is and stands elsewhere."""
    words = name.partition(".")[2] or name
    return words.replace(".", " ").replace("_", " ").capitalize()


def log_lines(subjects: Collection[str]) -> Iterator[Line]:
    """What the log says of `subjects`: news, what arrived, and each reaction to it."""
    events = Event.objects.filter(subject__in=subjects).defer("body", "data")
    found = list(events.order_by("id")[:MOST_LINES])
    for event in found:
        ours = event.source == OURS
        again = f", {event.duplicates + 1} times" if event.duplicates else ""
        yield Line(
            at=event.created_at,
            what="News" if ours else f"From {event.source.capitalize()}",
            title=event.type.replace(".", " ").replace("_", " ").capitalize()
            if ours
            else in_words(event.type),
            detail=f"event {event.pk}{again}",
            label="info",
            link=reverse("admin:core_event_change", args=[event.pk]),
        )
    for delivery in Delivery.objects.filter(event__in=found)[:MOST_LINES]:
        yield Line(
            at=delivery.finished_at or delivery.created_at,
            what="Reaction",
            title=in_words(delivery.subscriber),
            detail=_outcome(delivery),
            label=DELIVERY_LABELS[DeliveryState(delivery.state)],
            link=reverse("admin:core_delivery_change", args=[delivery.pk]),
        )


def _outcome(delivery: Delivery) -> str:
    state = delivery.get_state_display().lower()
    last = delivery.last_error.strip().splitlines()[-1:] or [""]
    tried = f", tried {delivery.attempts} times" if delivery.attempts > 1 else ""
    return f"To event {delivery.event_id}: {state}{tried}. {last[0]}".strip()
