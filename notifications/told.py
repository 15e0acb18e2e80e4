"""Everything a person was told, found by address or name; and one fact with all that led to it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from core.models import Delivery as Work
from notifications.enums import Channel, DeliveryState
from notifications.models import Delivery, DeliveryEvent, Device, Notification, Suppression
from notifications.services.decide import Verdict, decide
from notifications.services.given_up import BATCHES
from notifications.services.people import Target, people
from notifications.services.suppression.check import in_force
from notifications.services.suppression.hashing import address_hashes

MOST_PEOPLE, MOST_MESSAGES = 20, 100
LEAST_LETTERS = 3  # of a name


@dataclass(frozen=True, slots=True)
class Told:
    """What was found for a search: people, what they were told, who may not be written to."""

    users: list[User] = field(default_factory=list)
    messages: list[Notification] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)


def told_to(asked: str) -> Told:
    """Newest first; five queries at most. An address is searched exactly, a name by its parts."""
    asked = asked.strip()
    if "@" not in asked and len(asked) < LEAST_LETTERS:
        return Told()
    wanted = Q(email=asked.lower()) if "@" in asked else Q(full_name__icontains=asked)
    users = list(User.objects.filter(wanted).order_by("email")[:MOST_PEOPLE])
    emails = {user.email for user in users} | ({asked.lower()} if "@" in asked else set())
    if not users and not emails:
        return Told()
    mails = (
        Delivery.objects.alias(address=Lower("target"))
        .filter(channel=Channel.EMAIL, address__in=emails)
        .order_by("-id")
        .values_list("notification_id", flat=True)[:MOST_MESSAGES]
    )
    theirs = Notification.objects.filter(
        Q(user__in=users) | Q(pk__in=list(mails)) | Q(email__in=emails)
    )
    hashes = [one for email in emails for one in address_hashes(email)]
    return Told(
        users,
        list(theirs.order_by("-id").prefetch_related("deliveries")[:MOST_MESSAGES]),
        list(in_force().filter(address_hash__in=hashes).order_by("-created_at")),
    )


@dataclass(frozen=True, slots=True)
class Way:
    """One channel and target: what happened, and what would happen if it were sent now."""

    channel: str
    delivery: Delivery | None
    history: list[DeliveryEvent]
    now: Verdict
    due_at: datetime | None = None  # when a worker takes it up next
    absent: str = ""  # why there is no delivery at all


def ways_of(told: Notification) -> list[Way]:
    """Every channel of one fact, also those by which nobody was told."""
    lines = DeliveryEvent.objects.order_by("at", "id")
    deliveries = list(
        told.deliveries.select_related("device", "copy")
        .prefetch_related(Prefetch("events", queryset=lines))
        .order_by("channel", "id")
    )
    now = timezone.now()
    (person,) = people(
        [Target(told.user_id, told.email)], kind=told.kind, importance=told.category, at=now
    )
    due = _due(told, deliveries)
    found = [
        Way(
            channel=one.channel,
            delivery=one,
            history=list(one.events.all()),
            now=decide(told.kind, told.category, one.channel, person, at=now, again=True),
            due_at=due.get(one.pk),
        )
        for one in deliveries
    ]
    there = {one.channel for one in deliveries}
    for channel in Channel.values:
        if channel not in there:
            verdict = decide(told.kind, told.category, channel, person, at=now, again=True)
            found.append(Way(channel, None, [], verdict, absent=_absent(told, channel)))
    return found


def _absent(told: Notification, channel: str) -> str:
    if channel == Channel.EMAIL:
        return "" if told.email else "There was no e-mail address."
    if told.user_id is None:
        return "There was no account, only an address."
    if (
        channel == Channel.PUSH
        and not Device.objects.filter(
            user_id=told.user_id, created_at__lte=told.created_at
        ).exists()
    ):
        return "They had no device with the app."
    return ""


def _due(told: Notification, deliveries: list[Delivery]) -> dict[UUID, datetime]:
    """When workers come back to what is still open, as the event log says."""
    still = {S.QUEUED, S.SENDING, S.UNCERTAIN}
    asked = {str(one.pk): one.pk for one in deliveries if one.state in still}
    subjects = [f"notification:{told.pk}", *(f"delivery:{pk}" for pk in asked)]
    still_open = Work.objects.filter(state__in=["ready", "leased"])
    found: dict[UUID, datetime] = {}
    by_itself, holding_one = Q(subject__in=subjects), Q(pk__in=[])
    for one in asked:
        holding_one |= Q(event__data__delivery_ids__contains=one)
    batched = Q(subscriber__in=BATCHES) & holding_one
    for row in still_open.filter(by_itself | batched).values("due_at", "event__data"):
        data = row["event__data"]
        for one in data.get("delivery_ids") or [data.get("delivery_id")]:
            if one in asked:
                found[asked[one]] = row["due_at"]
    return found


S = DeliveryState
