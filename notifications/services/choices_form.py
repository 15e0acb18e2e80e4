"""What is sent in from a page of somebody's choices, by themselves or by staff."""

from collections.abc import Collection
from datetime import time

from django.db import transaction
from django.http import QueryDict
from django.utils.dateparse import parse_time

from core.errors import Invalid
from notifications.choices.tokens import Whose
from notifications.enums import Source
from notifications.services.choices import choices_of, say
from notifications.services.quiet_hours import clear_quiet_hours, quiet_hours_of, set_quiet_hours


@transaction.atomic
def save_form(*, sent: QueryDict, whose: Whose, source: Source, also: Collection[str] = ()) -> None:
    """Write down the boxes (`wanted`: each of `choices_of(whose, also)` is sent or is off) and the
    quiet hours (`starts`, `ends`: both or none). Raises Invalid, and then nothing is written."""
    _save_quiet_hours(sent, whose, by_staff=source == Source.STAFF)
    ticked = set(sent.getlist("wanted"))
    choices = {
        (choice.subject.value, channel): f"{choice.subject.value}.{channel}" in ticked
        for choice in choices_of(whose, also=also)
        for channel, now in choice.wanted.items()
        if (f"{choice.subject.value}.{channel}" in ticked) != now
    }
    say(whose=whose, choices=choices, source=source)


def _save_quiet_hours(sent: QueryDict, whose: Whose, *, by_staff: bool) -> None:
    if whose.user_id is None or "starts" not in sent:
        return
    starts, ends = (_time_of_day(sent.get(name, "")) for name in ("starts", "ends"))
    known = quiet_hours_of(whose.user_id)
    if starts is None and ends is None:
        clear_quiet_hours(user_id=whose.user_id, by_staff=by_staff)
    elif starts is None or ends is None:
        raise Invalid("Quiet hours begin and end: give both times, or none.")
    elif known is None or (known.starts, known.ends) != (starts, ends):
        set_quiet_hours(user_id=whose.user_id, starts=starts, ends=ends, by_staff=by_staff)


def _time_of_day(text: str | None) -> time | None:
    """ "22:30"; None when empty. Raises Invalid."""
    given = (text or "").strip()
    if not given:
        return None
    try:
        found = parse_time(given)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise Invalid("This is no time of day such as 22:30.")
    return found
