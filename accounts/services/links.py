"""Links that open an account, made at the moment a mail is rendered.

News carry only the user's id: a link in the event log would be a password lying about. Whoever
sends the mail (notifications) asks here, as the house, and keeps the link nowhere.
"""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.lookups import user_by_id
from accounts.models import User
from accounts.services.passwords import reset_tokens
from accounts.services.registration import confirmation_key
from core.errors import NotFound


def email_confirmation_url(user_id: UUID | str) -> str:
    """Where the user confirms the address; good for three days, the key also for the API
    (`POST auth/email/verify/`). Raises NotFound when the user is gone."""
    return _absolute("account_confirm_email", confirmation_key(_user(user_id)))


def password_reset_url(user_id: UUID | str) -> str:
    """Where the user sets a new password; good for PASSWORD_RESET_TIMEOUT (one hour).

    The last part of the path is `<uid>-<token>` of `POST auth/password/reset/confirm/`.
    Raises NotFound when the user is gone or disabled.
    """
    user = _user(user_id)
    return _absolute("account_reset_password_from_key", user.pk.hex, reset_tokens.make_token(user))


def _user(user_id: UUID | str) -> User:
    user = user_by_id(user_id)
    if user is None or not user.is_active:
        raise NotFound("There is no such active user any more.")
    return user


def _absolute(name: str, *parts: str) -> str:
    return settings.BASE_URL + reverse(name, args=parts)
