"""Ending everything at once: admin sessions, access tokens and refresh tokens of a user."""

from django.db import transaction
from django.db.models import F

from accounts.lookups import forget_user
from accounts.models import User
from accounts.services.tokens import end_logins_of
from core.audit import record_audit
from core.identity import acting_as_system


def end_all_sessions(*, user: User, reason: str) -> None:
    """Raise the epoch, to which every session and token is bound; all are out within 5 s."""
    with acting_as_system(f"end sessions: {reason}"), transaction.atomic():
        raise_epoch(user)
        record_audit(
            action="user.end_sessions", resource=f"user:{user.pk}", details={"why": reason}
        )


def raise_epoch(user: User) -> None:
    """The part that other services put into their own transaction."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    end_logins_of(user)
    transaction.on_commit(lambda: forget_user(user.pk))
