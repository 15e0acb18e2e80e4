"""Signing up and proving the address."""

import hashlib
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.emails import normalise_email
from accounts.lookups import forget_user, user_by_email
from accounts.models import User
from accounts.password_rules import refuse_weak
from core.audit import record_audit
from core.errors import Invalid
from core.events import publish
from core.identity import acting_as_system

KEY_SALT = "accounts.email-confirmation"
KEY_SECONDS = 3 * 24 * 3600
TAKEN = "A user is already registered with this e-mail address."


def register(
    *,
    email: str,
    password: str,
    full_name: str = "",
    language: str = "en",
    referral_code: str = "",
) -> User:
    """A new shopper, with news of it and a request for the confirmation mail.

    The news names the code they came by, if they gave one: whose it is, the money floor knows.

    Raises Invalid for a weak password and for an address that is taken. That answer tells
    that the address is known; it is told anyway by the login that works at once after sign-up
    (docs/decisions/0011), and counted per caller.
    """
    user = User(email=normalise_email(email), full_name=full_name.strip(), language=language)
    refuse_weak(password, user=user, field="password1")
    user.set_password(password)  # before looking: a taken address costs the same time
    try:
        with acting_as_system("sign-up"), transaction.atomic():
            user.save(force_insert=True)
            _announce(user, referral_code)
    except IntegrityError:
        raise Invalid(TAKEN, details={"email": [TAKEN]}) from None
    return user


def request_confirmation(*, email: str) -> None:
    """Have the confirmation mail sent again, if the address is known and not confirmed yet."""
    user = user_by_email(email)
    if user is None or not user.is_active or user.email_confirmed:
        return
    with acting_as_system("confirmation mail"), transaction.atomic():
        _ask_for_confirmation(user)


def confirmation_key(user: User) -> str:
    """What the link holds: signed, three days good, bound to the address as it is now."""
    return signing.dumps([user.pk.hex, _fingerprint(user.email)], salt=KEY_SALT)


def confirm_email(*, key: str) -> User:
    """Mark the address as proven, with news of it the first time. A second click is no error.

    Raises Invalid when the key is not ours, too old, or made for a former address.
    """
    wrong = Invalid(
        "The link is not valid any more. Please ask for a new one.",
        details={"key": ["Invalid or expired key."]},
    )
    try:
        user_id, fingerprint = signing.loads(key, salt=KEY_SALT, max_age=KEY_SECONDS)
        user_id = UUID(user_id)
    except (signing.BadSignature, ValueError, TypeError):
        raise wrong from None
    with acting_as_system("confirm e-mail"), transaction.atomic():
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None or _fingerprint(user.email) != fingerprint:
            raise wrong
        user.role  # noqa: B018  - read while it can be
        mark_confirmed(user)
    return user


def mark_confirmed(user: User) -> None:
    """Part of a service that proved the address; writes and tells it once."""
    now = timezone.now()
    if not User.objects.filter(pk=user.pk, email_confirmed_at=None).update(email_confirmed_at=now):
        return
    user.email_confirmed_at = now
    transaction.on_commit(lambda: forget_user(user.pk))
    record_audit(action="user.confirm_email", resource=f"user:{user.pk}")
    publish(
        type="user.email_confirmed",
        subject=f"user:{user.pk}",
        data={"user_id": str(user.pk), "language": user.language},
        dedupe_key=f"user.email_confirmed:{user.pk}:{_fingerprint(user.email)}",
    )


def _announce(user: User, referral_code: str) -> None:
    record_audit(action="user.register", resource=f"user:{user.pk}")
    named = {"referral_code": referral_code} if referral_code else {}
    publish(
        type="user.registered",
        subject=f"user:{user.pk}",
        data={"user_id": str(user.pk), "language": user.language} | named,
        dedupe_key=f"user.registered:{user.pk}",
    )
    _ask_for_confirmation(user)


def _ask_for_confirmation(user: User) -> None:
    publish(
        type="user.confirmation_requested",
        subject=f"user:{user.pk}",
        data={"user_id": str(user.pk), "language": user.language},
    )


def _fingerprint(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:16]
