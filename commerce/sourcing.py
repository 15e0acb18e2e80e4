"""From which location an order's pieces come. Pure: the shelves are given, nothing is looked up.

1. Locations stand in one order: low priority first, then near to the buyer, then by name.
2. The first that has everything serves the whole order: one parcel.
3. Otherwise each thing comes whole from the first location that has enough of it; one that serves
   the order anyway is asked before the others.
4. Only what no location has whole is split, along the same order.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from commerce.countries import distance_km

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is left of one thing at one location."""

    item: Any  # the key of its stock item
    location: str
    priority: int
    country: str
    left: int


@dataclass(frozen=True, slots=True)
class Plan(Generic[K]):
    """How many pieces come from which shelf, and what is missing of which thing."""

    parts: list[tuple[K, Shelf, int]]
    short: dict[K, int]


def choose(
    wanted: Mapping[K, int], shelves: Mapping[K, Sequence[Shelf]], *, country: str
) -> Plan[K]:
    """Serve a buyer in `country` from these shelves. What is missing is told, the rest planned."""
    ranked = {
        thing: sorted(shelves.get(thing, ()), key=lambda shelf: _rank(shelf, country))
        for thing in wanted
    }
    whole = _all_from_one(wanted, ranked, country)
    if whole is not None:
        return Plan(whole, {})
    parts: list[tuple[K, Shelf, int]] = []
    short: dict[K, int] = {}
    used: set[str] = set()
    for thing, quantity in wanted.items():
        known_first = sorted(ranked[thing], key=lambda shelf: shelf.location not in used)
        enough = [shelf for shelf in known_first if shelf.left >= quantity]
        taken, missing = _fill(quantity, enough[:1] or known_first)
        used |= {shelf.location for shelf, _ in taken}
        parts += [(thing, shelf, count) for shelf, count in taken]
        if missing:
            short[thing] = missing
    return Plan(parts, short)


def _rank(shelf: Shelf, country: str) -> tuple[int, float, str]:
    return shelf.priority, distance_km(country, shelf.country), shelf.location


def _all_from_one(
    wanted: Mapping[K, int], ranked: Mapping[K, Sequence[Shelf]], country: str
) -> list[tuple[K, Shelf, int]] | None:
    """Everything from the first location that has it."""
    by_location: dict[str, dict[K, Shelf]] = {}
    for thing, quantity in wanted.items():
        for shelf in ranked[thing]:
            if shelf.left >= quantity:
                by_location.setdefault(shelf.location, {})[thing] = shelf
    full = [found for found in by_location.values() if len(found) == len(wanted)]
    if not full:
        return None
    best = min(full, key=lambda found: _rank(next(iter(found.values())), country))
    return [(thing, best[thing], quantity) for thing, quantity in wanted.items()]


def _fill(quantity: int, shelves: Iterable[Shelf]) -> tuple[list[tuple[Shelf, int]], int]:
    """Take from one after another; what is missing in the end."""
    taken = []
    for shelf in shelves:
        count = min(quantity, max(0, shelf.left))
        if count:
            taken.append((shelf, count))
            quantity -= count
    return taken, quantity
