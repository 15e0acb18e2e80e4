"""What a password must be: long enough and not easy to guess; nothing about its composition."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from core.errors import Invalid

LONGEST = 128  # characters; a slow hash of megabytes would be a lever


def refuse_weak(password: str, *, user: User, field: str) -> None:
    """Raise Invalid naming `field` when the password is too easy to guess (ASVS 6.2)."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("Please choose another password.", details={field: error.messages}) from None
