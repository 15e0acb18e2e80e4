"""Which words go out: what staff published, else what ships, from the reader's language to English.

What ships: notifications/templates_builtin/<kind>/<language>.liquid, with sections, each begun by
a line `=== name`: subject, preheader, text, html, push. The first line of `push` is its title.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import F, Func, JSONField, TextField, Value

from notifications.enums import TemplateChannel
from notifications.rendering.formats import fallbacks

FOLDER = Path(__file__).resolve().parent.parent / "templates_builtin"
SECTIONS = ("subject", "preheader", "text", "html", "push")
MARK = "=== "
FIELDS: dict[str, tuple[str, ...]] = {
    TemplateChannel.EMAIL: ("subject", "preheader", "html", "text"),
    TemplateChannel.PUSH: ("push_title", "push_body"),
}
"""The parts of a wording on each channel, in the order in which they are written."""

Published = Iterable[Mapping[str, Any]]


class NoWording(LookupError):
    """A kind without a template, not even an English one."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sources of one kind in one language; a part that is missing is "".

    `version` is the id of what staff published, "" for what ships.
    """

    kind: str
    language: str
    subject: str = ""
    preheader: str = ""
    text: str = ""
    html: str = ""
    push_title: str = ""
    push_body: str = ""
    version: str = ""


def published_of(kind: str) -> list[dict[str, Any]]:
    """What staff published of a kind: asked at each rendering, so every process knows it at once.

    Whoever is told something may read it (app_wording, migration 0007).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_wording(%s)", [kind])
        found: str | list[dict[str, Any]] = cursor.fetchone()[0]
    return json.loads(found) if isinstance(found, str) else found  # Django leaves jsonb as text


def own_push_words() -> Func:
    """The same for the list in the app, as a column beside each notification's kind."""
    return Func(
        F("kind"),
        Value(TemplateChannel.PUSH.value, TextField()),
        function="app_wording",
        output_field=JSONField(),
    )


def wording_of(
    kind: str,
    language: str,
    channel: str = TemplateChannel.EMAIL,
    published: Published = (),
) -> Wording:
    """The nearest wording: de-AT, de, en; in each, what is published goes before what ships.

    Of a template of staff's own that has none of these, the first language there is. Raises
    NoWording.
    """
    own = {str(one["language"]): one for one in published if one["channel"] == channel}
    for candidate in fallbacks(language):
        if candidate in own:
            return _published(kind, own[candidate], channel)
        shipped = shipped_wording(kind, candidate)
        if shipped is not None:
            return shipped
    if own:
        return _published(kind, own[min(own)], channel)
    raise NoWording(f"There is no template {kind!r}.")


def _published(kind: str, found: Mapping[str, Any], channel: str) -> Wording:
    parts = {name: str(found[name]) for name in FIELDS[channel]}
    return Wording(kind, str(found["language"]), version=str(found["version"]), **parts)


@lru_cache(maxsize=512)
def shipped_wording(kind: str, language: str) -> Wording | None:
    """What ships in exactly that language, or None."""
    path = FOLDER / kind / f"{language}.liquid"
    if not path.is_file():
        return None
    found = sections(path.read_text(encoding="utf-8"))
    title, _, body = found.pop("push", "").partition("\n")
    return Wording(kind, language, push_title=title, push_body=body, **found)


def languages_of(kind: str) -> list[str]:
    """The languages a kind ships in."""
    return sorted(path.stem for path in (FOLDER / kind).glob("*.liquid"))


def sections(source: str) -> dict[str, str]:
    """Split a file at its marks. Raises ValueError for a section nobody reads."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in source.splitlines():
        if line.startswith(MARK):
            name = line.removeprefix(MARK).strip()
            if name not in SECTIONS:
                raise ValueError(f"No section is called {name!r}.")
            current = found.setdefault(name, [])
        else:
            current.append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in found.items()}
