"""What the doors of this floor take."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Input, TextField, TrueFalseField
from notifications.enums import Channel, Platform, TokenKind
from notifications.kinds.manners import SWITCHABLE
from notifications.models.device import TOKEN_LENGTH


class DeviceInput(Input):
    """An installation of the app. `kind`: `token` (default), or `fid` with newer Firebase SDKs."""

    token = TextField(max_length=TOKEN_LENGTH)
    platform = serializers.ChoiceField(choices=Platform.choices)
    kind = serializers.ChoiceField(choices=TokenKind.choices, default=TokenKind.TOKEN)


class ChoiceInput(Input):
    """Whether one wants to hear about a subject on a channel."""

    subject = serializers.ChoiceField(choices=[(one.value, one.label) for one in SWITCHABLE])
    channel = serializers.ChoiceField(choices=Channel.choices)
    wanted = TrueFalseField()


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class TimeOfDayField(serializers.TimeField):
    """Hours and minutes: 22:00."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M"], **kwargs)


class QuietHoursInput(Input):
    """Two times of day, such as 22:00 and 08:00, on the clock of one's own time zone."""

    starts = TimeOfDayField()
    ends = TimeOfDayField()
