"""What the doors of this floor take. Field names are those of dj-rest-auth."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.password_rules import LONGEST
from core.api import Input, TextField, WholeNumberField

KEY = 512  # characters; our keys and tokens are shorter


def password(**kwargs: Any) -> TextField:
    """A password: as typed, spaces included."""
    return TextField(
        max_length=LONGEST,
        trim_whitespace=False,
        lines=True,
        style={"input_type": "password"},
        **kwargs,
    )


class _TwicePassword(Input):
    """Checks that both spellings agree."""

    first, second = "password1", "password2"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse two different passwords."""
        if attrs[self.first] != attrs[self.second]:
            raise serializers.ValidationError({self.second: ["The two passwords differ."]})
        return attrs


class Registration(_TwicePassword):
    """Sign-up."""

    email = serializers.EmailField(max_length=254)
    password1 = password()
    password2 = password()
    full_name = TextField(max_length=200, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    referral_code = TextField(max_length=20, required=False, allow_blank=True)


class Login(Input):
    """E-mail address and password; `code` for those with two-factor."""

    email = serializers.EmailField(max_length=254)
    password = password()
    code = TextField(max_length=20, required=False, allow_blank=True)


class Refresh(Input):
    """The refresh token of the last answer."""

    refresh = TextField(max_length=KEY)


class Logout(Input):
    """Without an access token the refresh token says which login ends."""

    refresh = TextField(max_length=KEY, required=False)


class Address(Input):
    """To whom a mail is sent."""

    email = serializers.EmailField(max_length=254)


class VerificationKey(Input):
    """The key of the confirmation mail."""

    key = TextField(max_length=KEY)


class PasswordReset(_TwicePassword):
    """The two parts of the link and the new password."""

    first, second = "new_password1", "new_password2"
    uid = TextField(max_length=64)
    token = TextField(max_length=KEY)
    new_password1 = password()
    new_password2 = password()


class PasswordChange(_TwicePassword):
    """The password that counts now and the new one."""

    first, second = "new_password1", "new_password2"
    old_password = password()
    new_password1 = password()
    new_password2 = password()


class Profile(Input):
    """What users change about themselves; `avatar` as multipart, null takes it away."""

    full_name = TextField(max_length=200, required=False, allow_blank=True)
    time_zone = TextField(max_length=64, required=False)
    language = TextField(max_length=10, required=False)
    avatar = serializers.FileField(required=False, allow_null=True)


class NewKey(Input):
    """A key to be made."""

    name = TextField(max_length=100)
    scopes = serializers.ListField(child=TextField(max_length=64), max_length=100)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class Rotation(Input):
    """How long the former secret still counts."""

    overlap_hours = WholeNumberField(min_value=0, max_value=168, required=False)
