"""How far countries are from each other, as the crow flies between their chief cities.

The places come with the time-zone database (`zone.tab`), which names the most populous zone of a
country first.
"""

import math
import re
from functools import cache
from importlib import resources

EARTH_KM = 6371.0
PLACE = re.compile(r"^([+-]\d+)([+-]\d+)$")


def distance_km(one: str, other: str) -> float:
    """Kilometres between two countries (ISO codes); infinite where one is not known."""
    if one and one == other:
        return 0.0
    here, there = _places().get(one), _places().get(other)
    if here is None or there is None:
        return math.inf
    (lat1, lon1), (lat2, lon2) = here, there
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


@cache
def _places() -> dict[str, tuple[float, float]]:
    """Latitude and longitude of each country's first zone, in radians."""
    found: dict[str, tuple[float, float]] = {}
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        country, place, *_ = line.split("\t")
        written = PLACE.match(place)
        if written and country not in found:
            found[country] = (_radians(written[1], 2), _radians(written[2], 3))
    return found


def _radians(text: str, digits: int) -> float:
    """From ISO 6709 ("+4852", "-0023021"): degrees, minutes, perhaps seconds."""
    sign, numbers = -1 if text[0] == "-" else 1, text[1:]
    degrees, rest = int(numbers[:digits]), numbers[digits:].ljust(4, "0")
    return sign * math.radians(degrees + int(rest[:2]) / 60 + int(rest[2:4]) / 3600)
