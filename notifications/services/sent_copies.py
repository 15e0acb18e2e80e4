"""What a mail said when it went out."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notifications.models import Delivery, SentCopy
from notifications.rendering.render import Rendered

KEPT = timedelta(days=180)
BATCH = 5_000
WRITTEN_OVER = ["version", "language", "subject", "text", "html", "digest", "created_at"]


def keep_copy(delivery: Delivery, masked: Rendered) -> None:
    """Keep what is about to be handed over; a later try writes over it. In the caller's
    transaction. `masked` holds no secret (render_with_copy)."""
    copy = SentCopy(
        delivery=delivery,
        version_id=masked.version or None,
        language=masked.language,
        subject=masked.subject,
        text=masked.text,
        html=masked.html,
        digest=digest_of(masked.subject, masked.text, masked.html),
        created_at=timezone.now(),
    )
    SentCopy.objects.bulk_create(
        [copy], update_conflicts=True, unique_fields=["delivery"], update_fields=WRITTEN_OVER
    )


def digest_of(*parts: str) -> str:
    """SHA-256 of the parts, in hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def drop_old_copies() -> int:
    """Copies older than 180 days go, a batch a transaction; how many."""
    old = SentCopy.objects.filter(created_at__lt=timezone.now() - KEPT)
    dropped = 0
    while True:
        with transaction.atomic():
            batch = list(old.values_list("pk", flat=True)[:BATCH])
            dropped += SentCopy.objects.filter(pk__in=batch).delete()[0]
        if len(batch) < BATCH:
            return dropped
