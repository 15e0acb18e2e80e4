"""Doors for what a person wants to hear, and when. Everybody reaches their own."""

from typing import Any

from rest_framework.request import Request

from core.api import ApiView, Response
from core.errors import NotFound
from notifications.api.caller import caller_id
from notifications.api.inputs import ChoiceInput, QuietHoursInput
from notifications.enums import Channel, Source, Subject
from notifications.services.choices import choices_of, of_user, say
from notifications.services.quiet_hours import (
    clear_quiet_hours,
    quiet_hours_of,
    set_quiet_hours,
)

CHANNELS = {
    channel.value: {"type": "boolean", "description": f"Whether news come by {channel.label}"}
    for channel in Channel
}
CHOICE = {
    "type": "object",
    "properties": {
        "subject": {"type": "string", "enum": Subject.values},
        "label": {"type": "string"},
        "locked": {"type": "boolean", "description": "Essential only: cannot be switched off"},
        "wanted": {
            "type": "object",
            "properties": CHANNELS,
            "description": "By channel; channels the subject does not use are left out",
        },
    },
    "required": ["subject", "label", "locked", "wanted"],
}
CHOICES = {"type": "array", "items": CHOICE}
HOURS = {
    "type": "object",
    "properties": {
        "starts": {"type": "string", "description": "22:00, on the clock of `time_zone`"},
        "ends": {"type": "string", "description": "Before `starts`: the next morning"},
        "time_zone": {"type": "string", "description": "The one of one's profile"},
    },
    "required": ["starts", "ends", "time_zone"],
}


class ChoicesView(ApiView):
    """What one wants to hear, by subject and channel."""

    scopes = {"GET": "notifications:read", "PATCH": "notifications:write"}
    input = {"PATCH": ChoiceInput}
    output = {"GET": CHOICES, "PATCH": (200, CHOICES)}

    def get(self, request: Request) -> Response:
        """All subjects, each with what holds now."""
        return Response(self._all(request))

    def patch(self, request: Request) -> Response:
        """Switch one subject on or off on one channel; the answer holds all of them."""
        given = self.valid()
        say(
            whose=of_user(caller_id(request)),
            choices={(given["subject"], given["channel"]): given["wanted"]},
            source=Source.ACCOUNT,
        )
        return Response(self._all(request))

    def _all(self, request: Request) -> list[dict[str, Any]]:
        return [
            {
                "subject": choice.subject.value,
                "label": choice.subject.label,
                "locked": choice.locked,
                "wanted": dict(choice.wanted),
            }
            for choice in choices_of(of_user(caller_id(request)))
        ]


class QuietHoursView(ApiView):
    """When one wants to be left in peace. Essential messages come all the same."""

    scopes = {
        "GET": "notifications:read", "PUT": "notifications:write",
        "DELETE": "notifications:write",
    }  # fmt: skip
    input = {"PUT": QuietHoursInput}
    output = {"GET": HOURS, "PUT": (200, HOURS)}

    def get(self, request: Request) -> Response:
        """From when to when; 404 while there are none."""
        return Response(self._hours(request))

    def put(self, request: Request) -> Response:
        """Set them. What waits already is decided anew."""
        given = self.valid()
        set_quiet_hours(user_id=caller_id(request), starts=given["starts"], ends=given["ends"])
        return Response(self._hours(request))

    def delete(self, request: Request) -> Response:
        """None any more; what waits goes now."""
        clear_quiet_hours(user_id=caller_id(request))
        return Response(status=204)

    def _hours(self, request: Request) -> dict[str, str]:
        hours = quiet_hours_of(caller_id(request))
        if hours is None:
            raise NotFound("You have no quiet hours.")
        return {
            "starts": f"{hours.starts:%H:%M}",
            "ends": f"{hours.ends:%H:%M}",
            "time_zone": str(getattr(request.user, "time_zone", "UTC")),
        }
