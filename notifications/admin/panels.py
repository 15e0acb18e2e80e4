"""Somebody's choices in a few lines, on the pages about them."""

from accounts.admin.panels import Panel, user_panel
from accounts.models import User
from notifications.admin.choice_record import choices_url
from notifications.choices.tokens import Whose
from notifications.enums import Channel
from notifications.services.choices import choices_of, of_user
from notifications.services.quiet_hours import quiet_hours_of

TITLE = "What they want to hear"
HEADERS = ["About", *(channel.label for channel in Channel)]
LINK = "Change their choices and quiet hours"


def rows_of(whose: Whose) -> list[list[object]]:
    """A line for each subject, and one for quiet hours."""
    rows: list[list[object]] = []
    for choice in choices_of(whose):
        if choice.locked:
            continue
        said = [_word(choice.wanted.get(channel)) for channel in Channel]
        rows.append([choice.subject.label, *said])
    hours = quiet_hours_of(whose.user_id) if whose.user_id else None
    if hours is not None:
        rows.append([f"Quiet from {hours}", "waits", "waits", "at once"])
    return rows


@user_panel
def choices(user: User) -> Panel:
    """On the user's page."""
    whose = of_user(user.pk)
    return Panel(TITLE, HEADERS, rows_of(whose), url=choices_url(whose), link=LINK)


def _word(wanted: bool | None) -> str:
    return {True: "Yes", False: "No", None: "–"}[wanted]
