"""What of this floor is thrown away by the nightly job (`manage.py cleanup`)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import RefreshToken, TokenFamily
from core.identity import acting_as_system

KEEP_ENDED = timedelta(days=30)  # "was this you?" can be answered for so long


def remove_old_logins(*, dry_run: bool = False) -> int:
    """Remove logins that ended or expired more than thirty days ago, with their tokens.

    A used token of an open login stays: it must be known to be recognised when it comes back.
    Returns how many logins went, or would.
    """
    before = timezone.now() - KEEP_ENDED
    with acting_as_system("cleanup"), transaction.atomic():
        old = TokenFamily.objects.filter(ended_at__lt=before) | TokenFamily.objects.filter(
            expires_at__lt=before
        )
        if dry_run:
            return old.count()
        ids = list(old.values_list("pk", flat=True))
        RefreshToken.objects.filter(family_id__in=ids).delete()
        return TokenFamily.objects.filter(pk__in=ids).delete()[0]
