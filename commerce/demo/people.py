"""Who buys in the made-up shop. No name belongs to anybody; the addresses do not exist."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where people of a country live, and what they pay with."""

    country: str
    currency: str
    language: str
    weight: int
    cities: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]


PLACES = (
    Place(
        "FR",
        "EUR",
        "fr",
        22,
        ("Lyon", "Nantes", "Lille", "Paris"),
        ("Camille", "Louis", "Inès", "Hugo", "Manon"),
        ("Roche", "Garnier", "Lefort", "Marchand"),
    ),
    Place(
        "DE",
        "EUR",
        "en",
        20,
        ("Leipzig", "Bremen", "Köln", "Berlin"),
        ("Lena", "Jonas", "Mia", "Paul", "Clara"),
        ("Vogt", "Brandt", "Seidel", "Kern"),
    ),
    Place(
        "GB",
        "GBP",
        "en",
        14,
        ("Leeds", "Bristol", "Glasgow"),
        ("Isla", "Oliver", "Amelia", "Harry"),
        ("Marsh", "Whitfield", "Munro", "Dale"),
    ),
    Place(
        "US",
        "USD",
        "en",
        14,
        ("Portland", "Austin", "Boston"),
        ("Ava", "Liam", "Zoe", "Ethan"),
        ("Hale", "Whitaker", "Lowe", "Sutton"),
    ),
    Place(
        "JP",
        "JPY",
        "en",
        10,
        ("Kyoto", "Sendai", "Fukuoka"),
        ("Haruka", "Sora", "Yui", "Ren"),
        ("Mori", "Ueda", "Kishi", "Hara"),
    ),
    Place(
        "MA",
        "EUR",
        "ar",
        8,
        ("Rabat", "Fès", "Tanger"),
        ("Salma", "Youssef", "Nour", "Omar"),
        ("Alami", "Berrada", "Tazi", "Idrissi"),
    ),
    Place(
        "NL",
        "EUR",
        "en",
        7,
        ("Utrecht", "Delft"),
        ("Sanne", "Daan", "Fleur", "Bram"),
        ("Visser", "Dekker", "Mulder"),
    ),
    Place(
        "ES",
        "EUR",
        "en",
        5,
        ("Bilbao", "Valencia"),
        ("Lucía", "Mateo", "Alba", "Iker"),
        ("Navarro", "Ibarra", "Soler"),
    ),
)
STREETS = (
    "Market Street",
    "Harbour Lane",
    "Linden Way",
    "Mill Road",
    "Orchard Row",
    "Station Square",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up customer."""

    name: str
    email: str
    place: Place
    city: str
    line1: str
    postal_code: str


def people(chance: random.Random, *, start: int = 0) -> Iterator[Person]:
    """People without end; each has an address of their own under example.com (RFC 2606)."""
    number = start
    weights = [place.weight for place in PLACES]
    while True:
        number += 1
        place = chance.choices(PLACES, weights)[0]
        first, last = chance.choice(place.first), chance.choice(place.last)
        yield Person(
            name=f"{first} {last}",
            email=f"customer{number}@example.com",
            place=place,
            city=chance.choice(place.cities),
            line1=f"{chance.randint(1, 180)} {chance.choice(STREETS)}",
            postal_code=f"{chance.randint(10_000, 99_999)}",
        )
