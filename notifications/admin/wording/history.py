"""Earlier versions of a wording, and what each changed."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from notifications.models import TemplateVersion
from notifications.rendering.wording import FIELDS, shipped_wording

MOST = 20  # versions shown
LINES = 400  # of one difference


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a difference: "+" came, "-" went, " " stayed."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A version and what is other than in the one before it (the first: than what ships)."""

    version: TemplateVersion
    changes: list[Change]


def history(kind: str, channel: str, language: str) -> list[Entry]:
    """Newest first. One query."""
    rows = list(
        TemplateVersion.objects.filter(
            template__key=kind, template__channel=channel, language=language
        )
        .select_related("author")
        .order_by("-number")[: MOST + 1]
    )
    shipped = shipped_wording(kind, language)
    entries = []
    for place, version in enumerate(rows[:MOST]):
        before = rows[place + 1] if place + 1 < len(rows) else shipped
        entries.append(Entry(version, list(_changes(channel, before, version))[:LINES]))
    return entries


def _changes(channel: str, before: object, after: object) -> Iterator[Change]:
    for name in FIELDS[channel]:
        old = str(getattr(before, name, "")).splitlines()
        new = str(getattr(after, name, "")).splitlines()
        if old == new:
            continue
        yield Change("@", name)
        for line in difflib.unified_diff(old, new, lineterm="", n=1):
            if not line.startswith(("---", "+++", "@@")):
                yield Change(line[0], line[1:])
