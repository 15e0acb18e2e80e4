"""What the doors of this floor take."""

from rest_framework import serializers

from core.api import Input, TextField
from notifications.enums import Platform, TokenKind
from notifications.models.device import TOKEN_LENGTH


class DeviceInput(Input):
    """An installation of the app. `kind`: `token` (default), or `fid` with newer Firebase SDKs."""

    token = TextField(max_length=TOKEN_LENGTH)
    platform = serializers.ChoiceField(choices=Platform.choices)
    kind = serializers.ChoiceField(choices=TokenKind.choices, default=TokenKind.TOKEN)
