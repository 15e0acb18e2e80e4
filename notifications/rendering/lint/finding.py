"""One thing that is wrong with a wording, said at its part."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    ERROR = "error"  # it is not published like this
    WARNING = "warning"  # somebody should look


@dataclass(frozen=True, slots=True)
class Finding:
    """`part` is the field it stands at: subject, html, push_body ..."""

    part: str
    level: Level
    message: str

    def as_json(self) -> dict[str, str]:
        """To be kept with the version."""
        return {"part": self.part, "level": self.level.value, "message": self.message}


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether publishing is refused."""
    return any(one.level is Level.ERROR for one in findings)


def error(part: str, message: str) -> Finding:
    """Refuses publishing."""
    return Finding(part, Level.ERROR, message)


def warning(part: str, message: str) -> Finding:
    """Is only said."""
    return Finding(part, Level.WARNING, message)
