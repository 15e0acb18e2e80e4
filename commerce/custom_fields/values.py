"""The custom fields of one product: what was given into what is held, what is missing, what no
longer belongs there.

Nothing that is held is lost by a change of category or of a definition: values that have no field
here any more, or no longer fit theirs, stay and are told (`strays_in`) until somebody changes them
or takes them away (null).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from commerce.custom_fields.field import Field, Misfit
from core.errors import Invalid


def merged(
    fields: Sequence[Field], *, given: Mapping[str, Any], held: Mapping[str, Any]
) -> dict[str, Any]:
    """`held` with `given` laid over it; null takes a value away, also a stray one.

    Raises Invalid naming every key that is not known here, and every value that does not fit.
    """
    by_key = {field.key: field for field in fields}
    result, wrong = dict(held), {}
    for key, value in given.items():
        if value is None:
            result.pop(key, None)
        elif key not in by_key:
            known = ", ".join(sorted(by_key)) or "none"
            wrong[str(key)[:64]] = [f"There is no such field here. There are: {known}."]
        else:
            try:
                result[key] = by_key[key].fitting(value)
            except Misfit as why:
                wrong[key] = [str(why)]
    if wrong:
        raise refusal(wrong)
    return result


def missing_in(fields: Sequence[Field], held: Mapping[str, Any]) -> list[str]:
    """Keys of required fields that have no value."""
    return [field.key for field in fields if field.required and field.key not in held]


def strays_in(fields: Sequence[Field], held: Mapping[str, Any]) -> list[str]:
    """Keys of values that have no field here, or do not fit it (any more)."""
    by_key = {field.key: field for field in fields}
    return sorted(
        key for key, value in held.items() if key not in by_key or not by_key[key].fits(value)
    )


def refusal(wrong: Mapping[str, list[str]]) -> Invalid:
    """What is told of values that cannot be taken."""
    key, reasons = next(iter(wrong.items()))
    return Invalid(f"custom_fields.{key}: {reasons[0]}", details={"custom_fields": dict(wrong)})
