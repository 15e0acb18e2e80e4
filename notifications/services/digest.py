"""One message in the place of several that waited."""

from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from notifications.choices.subjects import DIGEST
from notifications.enums import Category, Channel, DeliveryState
from notifications.kinds import kind_named, kind_or_none, title_of
from notifications.kinds.manners import manner_of
from notifications.models import Delivery, Notification
from notifications.rendering.environment import TemplateRefused
from notifications.rendering.render import in_app_words
from notifications.rendering.wording import NoWording, Published, published_of
from notifications.services.notify import announce_all

MOST_SHOWN = 30
MERGED = "Told in the digest after their quiet hours."

Places = dict[tuple[str, str], list[Delivery]]


def write_digest(*, user_id: UUID, places: Places) -> Notification:
    """Write one digest with a delivery for each place, and mark what it tells as merged.

    `places`: what is merged for each channel and target. Runs in the caller's transaction.
    """
    merged = [one for rows in places.values() for one in rows]
    facts = sorted({one.notification for one in merged}, key=lambda fact: fact.pk)
    digest = Notification.objects.create(
        kind=DIGEST,
        category=Category.SERVICE,
        user_id=user_id,
        email=next((target for channel, target in places if channel == Channel.EMAIL), ""),
        language=facts[-1].language,
        context=kind_named(DIGEST).check(_context(facts)),
        dedupe_key=f"digest:{min(one.pk for one in merged)}",
        in_app=False,
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(notification=digest, channel=channel, target=target, device=rows[0].device)
        for (channel, target), rows in places.items()
    )
    Delivery.objects.filter(pk__in=[one.pk for one in merged]).update(
        state=DeliveryState.MERGED, reason=MERGED, digest=digest, updated_at=Now()
    )
    announce_all(deliveries)
    return digest


def _context(facts: list[Notification]) -> dict[str, Any]:
    shown = facts[-MOST_SHOWN:]
    own_words = {kind: published_of(kind) for kind in {fact.kind for fact in shown}}
    return {
        "count": len(facts),
        "more": len(facts) - len(shown),
        "items": [_line(fact, own_words[fact.kind]) for fact in shown],
    }


def _line(fact: Notification, own_words: Published) -> dict[str, str]:
    title, body = _words(fact, own_words)
    return {
        "title": title,
        "body": body,
        "url": str(fact.context.get("url") or ""),
        "subject": manner_of(fact.kind).subject.value,
    }


def _words(fact: Notification, own_words: Published) -> tuple[str, str]:
    """As the app shows it; a wording that cannot be filled must not hold the rest back."""
    if kind_or_none(fact.kind) is None:
        return title_of(fact.kind), ""
    try:
        title, body = in_app_words(fact.kind, fact.language, fact.context, own_words)
    except (TemplateRefused, NoWording, LookupError):
        title, body = "", ""
    return title or title_of(fact.kind), body
