"""Keyset pages: a cursor is the sort key of the last row seen, signed and opaque.

Unlike an offset it costs the same on page 1 and page 10,000, and rows inserted or deleted
meanwhile neither repeat nor skip others. The primary key ends every ordering, so ties are stable.
"""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import Q

TAG_BYTES = 12


class BadCursor(ValueError):
    """Forged, cut, or made for another list or ordering."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after `values` in the list's order, or before them."""

    values: tuple[Any, ...]
    backwards: bool = False


def write(position: Position, *, purpose: str) -> str:
    """The cursor's text. `purpose` names the list and its ordering."""
    body = msgspec.json.encode([position.backwards, *position.values])
    return base64.urlsafe_b64encode(_tag(body, purpose) + body).decode().rstrip("=")


def read(text: str, *, purpose: str, width: int) -> Position:
    """The position in a cursor. Raises BadCursor."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise BadCursor from None
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(body, purpose)):
        raise BadCursor
    backwards, *values = msgspec.json.decode(body)
    if len(values) != width:
        raise BadCursor
    return Position(tuple(values), backwards)


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key of a list."""

    path: str
    descending: bool
    nullable: bool


def beyond(keys: Sequence[Key], position: Position) -> Q:
    """Rows after the position (before it, when it looks backwards).

    Null sorts as PostgreSQL does: last when ascending, first when descending. The first key's
    bound is said once more by itself, because an index can begin there and an OR cannot.
    """
    later = Q(pk__in=[])
    same = Q()
    for key, value in zip(keys, position.values, strict=True):
        later |= same & _further(key, value, descending=key.descending != position.backwards)
        same &= Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    first, value = keys[0], position.values[0]
    if value is None or first.nullable:
        return later
    side = "lte" if first.descending != position.backwards else "gte"
    return Q(**{f"{first.path}__{side}": value}) & later


def _further(key: Key, value: Any, *, descending: bool) -> Q:
    """Values that come later than `value` in one direction."""
    if value is None:
        return Q(**{f"{key.path}__isnull": False}) if descending else Q(pk__in=[])
    if descending:
        return Q(**{f"{key.path}__lt": value})
    later = Q(**{f"{key.path}__gt": value})
    return later | Q(**{f"{key.path}__isnull": True}) if key.nullable else later


def _tag(body: bytes, purpose: str) -> bytes:
    return hmac.digest(_key(settings.SECRET_KEY), purpose.encode() + b"\n" + body, "sha256")[
        :TAG_BYTES
    ]


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return sha256(b"tradewind cursor " + secret.encode()).digest()
