"""The wording that ships: notifications/templates_builtin/<kind>/<language>.liquid.

A file has sections, each begun by a line `=== name`: subject, preheader, text, html, push.
The first line of `push` is its title. Looked for from the reader's language to English.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from notifications.rendering.formats import fallbacks

FOLDER = Path(__file__).resolve().parent.parent / "templates_builtin"
SECTIONS = ("subject", "preheader", "text", "html", "push")
MARK = "=== "


class NoWording(LookupError):
    """A kind without a template, not even an English one."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sources of one kind in one language; a section that is missing is ""."""

    kind: str
    language: str
    subject: str = ""
    preheader: str = ""
    text: str = ""
    html: str = ""
    push: str = ""


@lru_cache(maxsize=256)
def wording_of(kind: str, language: str) -> Wording:
    """The nearest wording. Raises NoWording."""
    for candidate in fallbacks(language):
        path = FOLDER / kind / f"{candidate}.liquid"
        if path.is_file():
            return Wording(kind, candidate, **sections(path.read_text(encoding="utf-8")))
    raise NoWording(f"There is no template {kind!r}.")


def languages_of(kind: str) -> list[str]:
    """The languages a kind is written in."""
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
