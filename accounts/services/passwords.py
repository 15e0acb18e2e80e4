"""Passwords: change, ask for a reset, reset.

Every new password ends all sessions and tokens. A reset never logs anybody in: two-factor would
be passed by (ASVS 6.4.3).
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.emails import normalise_email
from accounts.lookups import user_by_email, user_by_id
from accounts.models import User
from accounts.password_rules import refuse_weak
from accounts.services.registration import mark_confirmed
from accounts.services.sessions import raise_epoch
from core.audit import record_audit
from core.errors import Invalid
from core.events import publish
from core.identity import acting_as_system

reset_tokens = PasswordResetTokenGenerator()
"""Bound to the password, the last login and the address: each of them used up ends the link."""


def change_password(*, user: User, password: str, how: str = "change") -> None:
    """Set a new password. Everything that was open under the old one ends.

    `how` goes to the audit trail: change, reset, admin.
    """
    user.set_password(password)
    with acting_as_system(f"password {how}"), transaction.atomic():
        _store(user, how)


def request_password_reset(*, email: str) -> None:
    """Have a link sent, if the address is known. The caller learns nothing either way."""
    user = user_by_email(normalise_email(email))
    if user is None or not user.is_active:
        return
    with acting_as_system("password reset"), transaction.atomic():
        publish(
            type="user.password_reset_requested",
            subject=f"user:{user.pk}",
            data={"user_id": str(user.pk), "language": user.language},
        )
        record_audit(action="user.password_reset_request", resource=f"user:{user.pk}")


def user_of_reset_link(*, uid: str, token: str) -> User:
    """The user a link was made for. Raises Invalid naming what is wrong with it."""
    try:
        user = user_by_id(uid)
    except (ValidationError, ValueError):
        user = None
    if user is None or not user.is_active:
        raise Invalid("The link is not valid.", details={"uid": ["Invalid value"]})
    if not reset_tokens.check_token(user, token):
        raise Invalid(
            "The link is not valid any more. Please ask for a new one.",
            details={"token": ["Invalid value"]},
        )
    return user


def reset_password(*, uid: str, token: str, password: str, field: str = "new_password1") -> User:
    """Set the password of whoever holds a good link; the address counts as confirmed by it."""
    user = user_of_reset_link(uid=uid, token=token)
    refuse_weak(password, user=user, field=field)
    user.set_password(password)
    with acting_as_system("password reset"), transaction.atomic():
        # once more under a lock: of two simultaneous uses of one link, one counts
        stored = User.objects.select_for_update().get(pk=user.pk)
        if not reset_tokens.check_token(stored, token):
            raise Invalid("The link was used already.", details={"token": ["Invalid value"]})
        mark_confirmed(stored)
        _store(user, "reset")
    return user


def _store(user: User, how: str) -> None:
    user.save(update_fields=["password", "updated_at"])
    raise_epoch(user)
    record_audit(action=f"user.password_{how}", resource=f"user:{user.pk}")
    publish(
        type="user.password_changed",
        subject=f"user:{user.pk}",
        data={"user_id": str(user.pk), "how": how, "language": user.language},
    )
