"""Which zone an address is in, and what sending costs there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from core.money import Money


@dataclass(frozen=True, slots=True)
class Destination:
    """As much of an address as shipping and tax ask for."""

    country: str
    region: str = ""
    postal_code: str = ""

    def as_json(self) -> dict[str, str]:
        """As a cart keeps and shows it."""
        return {
            "country": self.country,
            "region": self.region,
            "postal_code": self.postal_code,
        }


class Place(Protocol):
    """A part of the world that a zone names; what is empty does not matter."""

    country: str
    region: str
    postal_prefix: str


SomePlace = TypeVar("SomePlace", bound=Place)


def closest(places: Iterable[SomePlace], to: Destination) -> SomePlace | None:
    """The place that names the address most closely: by the longest beginning of its postal code,
    then by its region, then by its country, then by none."""
    code = _packed(to.postal_code)
    region = to.region.strip().casefold()
    found = [
        place
        for place in places
        if place.country in ("", to.country)
        and place.region.casefold() in ("", region)
        and code.startswith(_packed(place.postal_prefix))
    ]
    return max(
        found,
        key=lambda place: (len(_packed(place.postal_prefix)), place.region, place.country),
        default=None,
    )


def _packed(code: str) -> str:
    return "".join(code.split()).replace("-", "").casefold()


@dataclass(frozen=True, slots=True)
class Band:
    """A price from a weight and a value of goods on."""

    price: Money
    from_weight: int = 0  # grams
    from_value: int = 0  # minor units
    free_from: int | None = None


def price_of(bands: Sequence[Band], *, weight: int, value: Money) -> Money | None:
    """What sending so much costs; None when no band reaches down to it (or there is none).

    `weight` in grams, `value` what the goods cost after discount.
    """
    reached = [
        band for band in bands if band.from_weight <= weight and band.from_value <= value.minor
    ]
    if not reached:
        return None
    band = max(reached, key=lambda band: (band.from_weight, band.from_value))
    if band.free_from is not None and value.minor >= band.free_from:
        return Money.zero(value.currency)
    return band.price
