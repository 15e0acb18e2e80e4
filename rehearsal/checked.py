"""JSON objects read into dataclasses of simple fields, with a sentence when they do not fit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

_FITS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "int | None": (int, type(None)),
}


class Unfit(ValueError):
    """The JSON does not describe the thing; the text says why."""


def checked_fields(
    cls: type, raw: dict[str, Any], *, without: Collection[str] = ()
) -> dict[str, Any]:
    """The values for `cls(**values)`; refuses unknown names and wrong types.

    `cls` is a dataclass whose annotations are among str, int, float, bool and "int | None".
    """
    known = {field.name: str(field.type) for field in fields(cls) if field.name not in without}
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise Unfit(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    for name, value in raw.items():
        wanted = _FITS[known[name]]
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise Unfit(f"{name} must be {known[name]}, not {value!r}")
    return raw
