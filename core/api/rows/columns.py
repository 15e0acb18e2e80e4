"""Columns of an answer: which ORM paths they read and how the values become JSON."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.money import exponent


@dataclass(frozen=True, slots=True)
class Column:
    """One name in the answer. `sources` are ORM paths; `make` gets their values in order.

    Without `make` the single source's value goes out as it is: UUIDs, times, decimals and dates
    are written by the encoder.
    """

    sources: tuple[str, ...]
    make: Callable[..., Any] | None = None
    schema: dict[str, Any] | None = None  # OpenAPI; None = read from the model field


def money(minor: str, currency: str = "currency") -> Column:
    """Two database columns as `{"amount": "12.34", "currency": "EUR"}`; null when there is none."""
    return Column(sources=(minor, currency), make=_money, schema={"money": True})


def made(make: Callable[..., Any], *sources: str, schema: dict[str, Any]) -> Column:
    """A value computed from one or more paths; `schema` is its OpenAPI shape."""
    return Column(sources=sources, make=make, schema=schema)


def filled(schema: dict[str, Any]) -> Column:
    """A value that `Fill` puts in once the page's rows are there."""
    return Column(sources=("pk",), make=_not_yet, schema=schema)


def _not_yet(_key: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Fill:
    """What comes from elsewhere, for all rows of a page at once: a query, or two, however many.

    `names` are the columns it may change; `fill(rows by key, the names that are shown)` changes
    them in place.
    """

    names: frozenset[str]
    fill: Callable[[dict[Any, dict[str, Any]], Collection[str]], None]


def column(declared: str | Column) -> Column:
    """A bare path is a column that goes out as it is."""
    return declared if isinstance(declared, Column) else Column(sources=(declared,))


def _money(minor: int | None, currency: str | None) -> dict[str, str] | None:
    """As `Money.as_json()`, by the digits alone: lists write thousands of amounts a second."""
    if minor is None or not currency:
        return None
    return amount_json(minor, currency)


def amount_json(minor: int, currency: str) -> dict[str, Any]:
    """Minor units as `{"amount": "12.34", "currency": "EUR"}`."""
    digits = _exponent(currency)
    if not digits:
        return {"amount": str(minor), "currency": currency}
    text = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    return {"amount": f"{sign}{text[:-digits]}.{text[-digits:]}", "currency": currency}


_exponent = lru_cache(maxsize=256)(exponent)
