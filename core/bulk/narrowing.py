"""Options by which most exports are narrowed: since when, until when, in which state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.bulk.cells import Moment
from core.bulk.targets import Option
from core.errors import Invalid

SINCE = Option("since", "From", "2026-11-01, or with a time; UTC")
UNTIL = Option("until", "Before", "The first moment that is left out; UTC")


def moment(options: Mapping[str, Any], name: str) -> datetime | None:
    """A time among the options. Raises Invalid."""
    text = str(options.get(name, ""))
    if not text:
        return None
    try:
        at: datetime = Moment().clean(text)
    except ValueError as reason:
        raise Invalid(f"{name} {reason}.", details={name: [f"{reason}."]}) from None
    return at


def between(options: Mapping[str, Any], field: str) -> dict[str, datetime]:
    """The filters for a time column."""
    since, until = moment(options, "since"), moment(options, "until")
    found = {}
    if since:
        found[f"{field}__gte"] = since
    if until:
        found[f"{field}__lt"] = until
    return found


def one_of(options: Mapping[str, Any], name: str, known: list[str]) -> dict[str, str]:
    """A filter for a column of choices. Raises Invalid."""
    value = str(options.get(name, ""))
    if value and value not in known:
        raise Invalid(
            f"{name}: {value[:40]!r} is none of {', '.join(known)}.",
            details={name: [f"One of: {', '.join(known)}."]},
        )
    return {name: value} if value else {}
