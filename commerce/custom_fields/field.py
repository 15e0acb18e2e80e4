"""One custom field, and whether a value fits it.

What is kept is plain JSON: text, exact numbers, true or false, days as "2026-11-29", the value of
a choice, a list of such values in the order of the choices.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commerce.enums import FieldType

LONGEST_TEXT = 1_000
WHOLE_DIGITS, DECIMALS = 20, 10  # of a number: what the column of figures holds exactly
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Misfit(ValueError):
    """A value does not fit; the text says what would."""


@dataclass(frozen=True, slots=True)
class Field:
    """A definition as it counts for a product. Texts are by language."""

    key: str
    type: FieldType
    label: Mapping[str, str]
    help_text: Mapping[str, str]
    required: bool = False
    choices: tuple[str, ...] = ()
    choice_labels: Mapping[str, Mapping[str, str]] | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    earliest: date | None = None
    latest: date | None = None
    decimals: int | None = None
    unit: str = ""

    def text(self, language: str = "en") -> str:
        """Its label in a language, else in English, else in any, else its key."""
        return in_language(self.label, language) or self.key

    def fitting(self, value: Any) -> Any:
        """The value as it is kept. Raises Misfit."""
        return _READERS[self.type](self, value)

    def fits(self, value: Any) -> bool:
        """Whether a value that is kept still fits."""
        try:
            self.fitting(value)
        except Misfit:
            return False
        return True


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in any."""
    for wanted in (language, language.split("-")[0], "en", *texts):
        if texts.get(wanted):
            return texts[wanted]
    return ""


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit("Give a text.")
    value = value.strip()
    if not value:
        raise Misfit("Give a text; null takes it away.")
    if _CONTROL.search(value):
        raise Misfit("Control characters are not taken here.")
    _within(field, len(value), "characters", most=LONGEST_TEXT)
    return value


def _number(field: Field, value: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Misfit("Give a number.")
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > WHOLE_DIGITS + 1:
        raise Misfit(f"At most {WHOLE_DIGITS} digits before the point.")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, _, after = text.lstrip("-").partition(".")
    if len(whole) > WHOLE_DIGITS:
        raise Misfit(f"At most {WHOLE_DIGITS} digits before the point.")
    most = DECIMALS if field.decimals is None else field.decimals
    if len(after) > most:
        raise Misfit(f"At most {most} digits after the point." if most else "Give a whole number.")
    if field.minimum is not None and number < field.minimum:
        raise Misfit(f"At least {_plain(field.minimum)}.")
    if field.maximum is not None and number > field.maximum:
        raise Misfit(f"At most {_plain(field.maximum)}.")
    return Decimal(text) if after else int(text)


def _boolean(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Misfit("Give true or false.")
    return value


def _date(field: Field, value: Any) -> str:
    day = as_day(value)
    if field.earliest is not None and day < field.earliest:
        raise Misfit(f"Not before {field.earliest.isoformat()}.")
    if field.latest is not None and day > field.latest:
        raise Misfit(f"Not after {field.latest.isoformat()}.")
    return day.isoformat()


def as_day(value: Any) -> date:
    """A day from its ISO text. Raises Misfit."""
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # no such day
    raise Misfit("Give a day such as 2026-11-29.")


def _choice(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in field.choices:
        raise Misfit(f"Give one of: {', '.join(field.choices)}.")
    return value


def _choices(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise Misfit(f"Give a list of: {', '.join(field.choices)}.")
    for item in value:
        _choice(field, item)
    if len(set(value)) != len(value):
        raise Misfit("Name each choice once.")
    _within(field, len(value), "choices", most=len(field.choices))
    return [choice for choice in field.choices if choice in value]


def _within(field: Field, size: int, what: str, *, most: int) -> None:
    least = field.minimum or 0
    most_here = min(field.maximum if field.maximum is not None else most, most)
    if size < least:
        raise Misfit(f"At least {_plain(least)} {what}.")
    if size > most_here:
        raise Misfit(f"At most {_plain(most_here)} {what}.")


def _plain(number: Any) -> str:
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_READERS: dict[FieldType, Callable[[Field, Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.MULTI_CHOICE: _choices,
}
