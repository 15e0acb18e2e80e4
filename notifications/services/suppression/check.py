"""Whether an address may be written to. Asked when a mail is queued, and again when it is sent."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.enums import Category, SuppressionReason, SuppressionScope
from notifications.models import Suppression
from notifications.services.suppression.hashing import address_hashes

SCOPES: dict[str, list[SuppressionScope]] = {
    Category.ESSENTIAL: [SuppressionScope.ALL],
    Category.SERVICE: [SuppressionScope.ALL, SuppressionScope.NOT_ESSENTIAL],
    Category.MARKETING: list(SuppressionScope),
}
WORDS = {
    SuppressionReason.HARD_BOUNCE: "Mail to this address came back for good on {day}.",
    SuppressionReason.SOFT_BOUNCES: "Mail to this address came back three times; not before {end}.",
    SuppressionReason.COMPLAINT: "The receiver called a mail spam on {day}.",
    SuppressionReason.UNSUBSCRIBED: "The receiver unsubscribed at the mail provider on {day}.",
    SuppressionReason.STAFF: "Staff stopped mail to this address on {day}.",
}


def in_force(now: datetime | None = None) -> QuerySet[Suppression]:
    """Those that hold now: not lifted, not run out."""
    still = Q(expires_at__isnull=True) | Q(expires_at__gt=now or timezone.now())
    return Suppression.objects.filter(still, lifted_at__isnull=True)


def suppressions_of(emails: Iterable[str], category: str) -> dict[str, str]:
    """The addresses among `emails` that must not get mail of `category`, each with its reason.

    One query however many addresses; a few thousand at a time is a good number. The reason is a
    sentence for staff. Raises KeyError for a category nobody knows.
    """
    asked: dict[bytes, list[str]] = {}
    for email in emails:
        for found in address_hashes(email):
            asked.setdefault(found, []).append(email)
    rows = in_force().filter(address_hash__in=list(asked), scope__in=SCOPES[category])
    return {
        email: in_words(row)
        for row in rows.order_by("-created_at")
        for email in asked[bytes(row.address_hash)]
    }


def in_words(row: Suppression) -> str:
    """The reason with its day, as staff read it."""
    end = f"{row.expires_at:%-d %b %Y}" if row.expires_at else "it is lifted"
    words = WORDS[SuppressionReason(row.reason)]
    return words.format(day=f"{row.created_at:%-d %b %Y}", end=end)
