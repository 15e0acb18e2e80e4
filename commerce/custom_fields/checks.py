"""Whether a definition makes sense, before it is saved. Every mistake is named."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from commerce.custom_fields.field import DECIMALS, LONGEST_TEXT, WHOLE_DIGITS
from commerce.enums import CHOOSING, FieldType
from core.errors import Invalid

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}", re.ASCII)
VALUE = re.compile(r"[^\W_][\w.+/-]{0,99}", re.ASCII)
MOST_CHOICES = 200
LONGEST_LABEL, LONGEST_HELP = 120, 500
SIZED = {FieldType.TEXT, FieldType.NUMBER, FieldType.MULTI_CHOICE}  # minimum and maximum count
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def check_definition(definition: Any) -> None:
    """Raise Invalid naming each part of a definition (a row, saved or not) that is wrong."""
    wrong: dict[str, list[str]] = {}

    def refuse(name: str, why: str) -> None:
        wrong.setdefault(name, []).append(why)

    if not isinstance(definition.key, str) or not KEY.fullmatch(definition.key):
        refuse("key", "Small letters, digits and _, at most 50, beginning with a letter.")
    if definition.type not in FieldType.values:
        refuse("type", f"One of: {', '.join(FieldType.values)}.")
        raise _invalid(wrong)
    _check_texts("label", definition.label, LONGEST_LABEL, refuse, needed=True)
    _check_texts("help_text", definition.help_text, LONGEST_HELP, refuse, needed=False)
    if definition.type in CHOOSING:
        _check_choices(definition.choices, refuse)
    elif definition.choices:
        refuse("choices", "Only for choices.")
    _check_limits(definition, refuse)
    if wrong:
        raise _invalid(wrong)


def _check_texts(name: str, texts: Any, longest: int, refuse: Any, *, needed: bool) -> None:
    languages = [code for code, _ in settings.LANGUAGES]
    if not isinstance(texts, Mapping) or any(not isinstance(t, str) for t in texts.values()):
        refuse(name, 'Texts by language: {"en": "Colour"}.')
        return
    unknown = sorted(str(code) for code in texts if code not in languages)
    if unknown:
        refuse(name, f"Languages are: {', '.join(languages)}.")
    if any(len(text) > longest or _CONTROL.search(text) for text in texts.values()):
        refuse(name, f"One line of at most {longest} characters.")
    if needed and not any(text.strip() for text in texts.values()):
        refuse(name, "Give it in one language at least.")


def _check_choices(choices: Any, refuse: Any) -> None:
    if not isinstance(choices, list) or not choices:
        refuse("choices", "Give what can be chosen.")
        return
    if len(choices) > MOST_CHOICES:
        refuse("choices", f"At most {MOST_CHOICES}.")
    values = []
    for choice in choices:
        if not isinstance(choice, Mapping) or set(choice) != {"value", "label"}:
            refuse("choices", 'Each is {"value": "red", "label": {"en": "Red"}}.')
            return
        if not isinstance(choice["value"], str) or not VALUE.fullmatch(choice["value"]):
            refuse("choices", "Values are of letters, digits and - _ . + /, at most 100.")
            return
        _check_texts("choices", choice["label"], LONGEST_LABEL, refuse, needed=True)
        values.append(choice["value"])
    if len(set(values)) != len(values):
        refuse("choices", "A value stands twice.")


def _check_limits(definition: Any, refuse: Any) -> None:
    kind = FieldType(definition.type)
    least, most = definition.minimum, definition.maximum
    if kind not in SIZED:
        for name in ("minimum", "maximum"):
            if getattr(definition, name) is not None:
                refuse(name, "Only for numbers, texts and several choices.")
    elif kind is FieldType.NUMBER:
        for name, limit in (("minimum", least), ("maximum", most)):
            if limit is not None and not _is_exact(Decimal(limit)):
                refuse(name, f"{WHOLE_DIGITS} digits before and {DECIMALS} after the point.")
    else:
        for name, limit in (("minimum", least), ("maximum", most)):
            if limit is not None and (limit != int(limit) or not 0 <= limit <= LONGEST_TEXT):
                refuse(name, f"A whole number, 0 to {LONGEST_TEXT}.")
    if least is not None and most is not None and least > most:
        refuse("maximum", "Not below the minimum.")
    if kind is not FieldType.DATE:
        for name in ("earliest", "latest"):
            if getattr(definition, name) is not None:
                refuse(name, "Only for days.")
    elif definition.earliest and definition.latest and definition.earliest > definition.latest:
        refuse("latest", "Not before the earliest day.")
    if definition.decimals is not None and (
        kind is not FieldType.NUMBER or not 0 <= definition.decimals <= DECIMALS
    ):
        refuse("decimals", f"For numbers, 0 to {DECIMALS}.")
    if definition.unit and kind is not FieldType.NUMBER:
        refuse("unit", "Only for numbers.")


def _is_exact(number: Decimal) -> bool:
    if not number.is_finite() or abs(number.adjusted()) > WHOLE_DIGITS + DECIMALS:
        return False
    whole, _, after = format(number, "f").lstrip("-").partition(".")
    return len(whole) <= WHOLE_DIGITS and len(after.rstrip("0")) <= DECIMALS


def _invalid(wrong: dict[str, list[str]]) -> Invalid:
    name, reasons = next(iter(wrong.items()))
    return Invalid(f"{name}: {reasons[0]}", details=wrong)
