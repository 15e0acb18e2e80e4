"""What the doors of this floor take."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Input, TextField, TrueFalseField
from notifications.enums import Channel, Platform, TokenKind
from notifications.kinds.manners import SWITCHABLE
from notifications.models.device import INSTALLATION_LENGTH, TOKEN_LENGTH
from notifications.models.topic import KEY_LENGTH
from notifications.services.devices.given import LOCALE_LENGTH, VERSION_LENGTH
from notifications.services.pushes_by_staff import BODY_LENGTH, MOST_PEOPLE, TITLE_LENGTH


class DeviceInput(Input):
    """An installation of the app. `kind`: `token` (default), or `fid` with newer Firebase SDKs."""

    token = TextField(max_length=TOKEN_LENGTH)
    platform = serializers.ChoiceField(choices=Platform.choices)
    kind = serializers.ChoiceField(choices=TokenKind.choices, default=TokenKind.TOKEN)
    installation_id = TextField(max_length=INSTALLATION_LENGTH, default="", allow_blank=True)
    app_version = TextField(max_length=VERSION_LENGTH, default="", allow_blank=True)
    locale = TextField(max_length=LOCALE_LENGTH, default="", allow_blank=True)
    time_zone = TextField(max_length=64, default="", allow_blank=True)


class TopicInput(Input):
    """A topic; the key is what FCM knows it by."""

    key = TextField(max_length=KEY_LENGTH)
    title = TextField(max_length=120)
    description = TextField(max_length=300, default="", allow_blank=True)
    open_to_all = TrueFalseField(default=True)


class SubscribersInput(Input):
    """Whose devices join, or leave."""

    users = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1_000)
    subscribed = TrueFalseField(default=True)


class PushInput(Input):
    """What is said to whom: `users` or `topic`, one of the two."""

    users = serializers.ListField(
        child=serializers.UUIDField(), default=list, max_length=MOST_PEOPLE
    )
    topic = serializers.UUIDField(default=None, allow_null=True)
    title = TextField(max_length=TITLE_LENGTH)
    body = TextField(max_length=BODY_LENGTH, default="", allow_blank=True)
    url = serializers.URLField(max_length=500, default="", allow_blank=True)


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
