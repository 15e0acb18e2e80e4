"""What a cell may hold: strict reading, lossless writing.

The shape is django-import-export's widget (clean, render). Its own widgets are not used: they read
"5.7" as 5, any word as false, and NaN as a number.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from import_export.widgets import Widget

from core.bulk.harmless import harmless

WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")
YES = frozenset({"true", "yes", "y", "1", "on", "x"})
NO = frozenset({"false", "no", "n", "0", "off"})
DAYS = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")  # with points the day comes first


class Text(Widget):
    """Words, on one line unless `lines`. Too long is refused, never cut."""

    empty: Any = ""

    def __init__(self, longest: int = 10_000, *, lines: bool = False) -> None:
        super().__init__()
        self.longest, self.lines = longest, lines

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """The text without white space around it. Raises ValueError."""
        text = value.strip() if self.lines else " ".join(value.split())
        if len(text) > self.longest:
            raise ValueError(f"is longer than {self.longest} characters")
        if any(category(c) == "Cc" and c not in "\n\r\t" for c in text):
            raise ValueError("holds control characters")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The text, so that no spreadsheet runs it."""
        return "" if value is None else harmless(str(value))


class Choice(Text):
    """One of some words, by value or by label, in any case."""

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.choices = list(choices)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """The value. Raises ValueError naming the words."""
        wanted = value.strip().casefold()
        for known, label in self.choices:
            if wanted in (known.casefold(), str(label).casefold()):
                return known
        raise ValueError(f"is {value.strip()[:40]!r}, not one of: "
                         f"{', '.join(known for known, _ in self.choices)}")  # fmt: skip


class WholeNumber(Text):
    """A whole number within bounds."""

    empty = None

    def __init__(self, least: int = -(10**12), most: int = 10**12) -> None:
        super().__init__()
        self.least, self.most = least, most

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """The number. Raises ValueError."""
        text = value.strip()
        if not WHOLE.fullmatch(text):
            raise ValueError(f"is {text[:40]!r}, not a whole number")
        number = int(text)
        if not self.least <= number <= self.most:
            raise ValueError(f"is {number}; {self.least} to {self.most} can be meant")
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """A number stays one."""
        return value


class Number(Text):
    """A decimal number with a point, as it is written: 12.34. No exponent, no thousands."""

    empty = None

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """The exact decimal. Raises ValueError."""
        text = value.strip()
        if not NUMBER.fullmatch(text):
            advice = " (a point, no comma, no thousands)" if "," in text else ""
            raise ValueError(f"is {text[:40]!r}, not a number such as 12.34{advice}")
        try:
            return Decimal(text)
        except InvalidOperation:  # pragma: no cover  - the pattern lets none through
            raise ValueError("is not a number") from None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """A number stays one."""
        return value


class TrueFalse(Text):
    """Yes or no in the usual words; any other word is refused."""

    empty = None

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """True or False. Raises ValueError."""
        word = value.strip().casefold()
        if word in YES:
            return True
        if word in NO:
            return False
        raise ValueError(f"is {word[:40]!r}, neither yes nor no")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """A word."""
        return "" if value is None else "yes" if value else "no"


class Moment(Text):
    """A point in time, ISO 8601; without a zone it is UTC. 03/04/2026 is refused: whose fourth?"""

    empty = None

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """An aware time. Raises ValueError."""
        text = value.strip()
        for pattern in (None, *DAYS):
            try:
                at = (
                    datetime.strptime(text, pattern)  # noqa: DTZ007  - the zone is added below
                    if pattern
                    else datetime.fromisoformat(text)
                )
            except ValueError:
                continue
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
            if not 1900 <= at.year <= 2200:
                raise ValueError(f"is in the year {at.year}")
            return at
        raise ValueError(f"is {text[:40]!r}, not a time such as 2026-11-20 08:00:00")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """ISO 8601 with its zone, to the microsecond where there are any."""
        return "" if value is None else value.astimezone(UTC).isoformat(sep=" ")


class JsonValues(Text):
    """An object of plain values as JSON text."""

    empty = None

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """The object. Raises ValueError."""
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("is not JSON") from None
        if not isinstance(found, dict):
            raise ValueError("is not a JSON object")  # noqa: TRY004  - a refusal, not a bug
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Compact JSON; nothing for nothing."""
        return harmless(json.dumps(value, ensure_ascii=False, sort_keys=True)) if value else ""
