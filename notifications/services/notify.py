"""Telling people: written in the caller's transaction, sent by workers after it commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.events.publish_many import News, publish_many
from core.identity import acting_as_system
from notifications.enums import Category, Channel
from notifications.kinds import Kind, kind_named
from notifications.kinds.manners import manner_of
from notifications.models import Delivery, Notification
from notifications.services.deliveries import deliveries_of
from notifications.services.people import Target, people
from notifications.services.push_queue import push_news
from notifications.services.waiting import wake_up_calls

CategoryName = Literal["essential", "service", "marketing"]

EMAIL_QUEUED = "notification.email_queued"
EMAIL_TYPES = {  # each has workers of its own kind: subscribers.py
    Category.ESSENTIAL: "notification.essential_email_queued",
    Category.SERVICE: EMAIL_QUEUED,
    Category.MARKETING: "notification.marketing_email_queued",
}
MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of many who are told something; the words are those of `notify`."""

    dedupe_key: str
    context: dict[str, Any]
    email: str = ""
    user_id: UUID | None = None
    language: str = "en"


@transaction.atomic
def notify(
    *,
    kind: str,
    dedupe_key: str,
    context: dict[str, Any],
    email: str | None = None,
    user_id: UUID | None = None,
    language: str = "en",
    category: CategoryName | None = None,
) -> Notification:
    """Tell somebody one fact, once: by e-mail to `email`, by push and in the app to `user_id`.

    `kind` names the templates and declares what `context` may hold (notifications/kinds);
    `category` overrules how important the kind is (kinds/manners.py). A second call with the
    same `dedupe_key` returns the first notification and sends nothing. Raises ContextError when
    the context is not what the kind declares.
    """
    written = notify_many(
        kind=kind,
        recipients=[Recipient(dedupe_key, context, email or "", user_id, language)],
        category=category,
    )
    if written:
        return written[0]
    with acting_as_system("notify"):
        return Notification.objects.get(dedupe_key=dedupe_key)


@transaction.atomic
def notify_many(
    *, kind: str, recipients: Sequence[Recipient], category: CategoryName | None = None
) -> list[Notification]:
    """Tell many people, each once; returns what was written, without those told before.

    The number of queries does not depend on how many there are; some hundreds at a time are a
    good number, MOST_AT_ONCE the limit (ValueError). Raises ContextError as `notify` does.
    """
    if len(recipients) > MOST_AT_ONCE:
        raise ValueError(f"At most {MOST_AT_ONCE} recipients at once, not {len(recipients)}.")
    declared = kind_named(kind)
    importance = Category(category) if category else manner_of(kind).importance
    rows = [_notification(declared, importance, one) for one in recipients]
    with acting_as_system("notify"):
        written = _written_first(rows)
        if written:
            _tell(declared, importance, written)
    return written


def announce(delivery: Delivery) -> None:
    """Hand a queued delivery to the workers, in the caller's transaction."""
    announce_all([delivery])


def announce_all(deliveries: Sequence[Delivery]) -> None:
    """The same for many; many pushes go in batches (push_queue.py)."""
    categories = _categories(deliveries)
    news = [
        News(
            EMAIL_TYPES[categories.get(one.notification_id, Category.SERVICE)],
            f"notification:{one.notification_id}",
            {"delivery_id": str(one.pk), "notification_id": str(one.notification_id)},
        )
        for one in deliveries
        if one.channel == Channel.EMAIL
    ]
    pushes = [one for one in deliveries if one.channel == Channel.PUSH]
    publish_many(news + push_news(pushes, categories))


def _categories(deliveries: Sequence[Delivery]) -> dict[UUID, Category]:
    """How important each one's notification is; one query for those that are not at hand."""
    known, asked = {}, []
    for delivery in deliveries:
        if Delivery.notification.is_cached(delivery):
            known[delivery.notification_id] = Category(delivery.notification.category)
        else:
            asked.append(delivery.notification_id)
    if asked:
        found = Notification.objects.filter(pk__in=asked).values_list("pk", "category")
        known |= {pk: Category(category) for pk, category in found}
    return known


def _notification(kind: Kind, importance: Category, one: Recipient) -> Notification:
    return Notification(
        kind=kind.key,
        category=importance,
        user_id=one.user_id,
        email=one.email.strip(),
        language=one.language or "en",
        context=kind.check(one.context),
        dedupe_key=one.dedupe_key,
    )


def _written_first(rows: list[Notification]) -> list[Notification]:
    """Write them; those whose fact was told before are left out. Sorted, so that two batches
    that meet do not wait for each other crosswise."""
    rows = sorted(rows, key=lambda row: row.dedupe_key)
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    ids = [row.pk for row in rows]
    there = set(Notification.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [row for row in rows if row.pk in there]


def _tell(kind: Kind, importance: Category, written: list[Notification]) -> None:
    """Decide for each person and channel, write that down, wake the workers."""
    now = timezone.now()
    targets = [Target(one.user_id, one.email) for one in written]
    persons = people(targets, kind=kind.key, importance=importance, at=now)
    deliveries = deliveries_of(kind, list(zip(written, persons, strict=True)), at=now)
    Delivery.objects.bulk_create(deliveries)
    hidden = [one.pk for one in written if not one.in_app]
    if hidden:
        Notification.objects.filter(pk__in=hidden).update(in_app=False)
    announce_all([one for one in deliveries if one.state == "queued"])
    publish_many(wake_up_calls(deliveries))
