"""Where a parcel goes: one shape at every door, checked before it is stored as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any

from babel import Locale

from commerce.pricing.shipping import Destination
from core.errors import Invalid

LONGEST = {
    "name": 200, "line1": 200, "line2": 200, "city": 100, "region": 100, "postal_code": 20,
    "country": 2,
}  # fmt: skip
REQUIRED = ("name", "line1", "city", "country")


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166, two capital letters."""

    name: str
    line1: str
    city: str
    country: str
    line2: str = ""
    region: str = ""
    postal_code: str = ""

    @classmethod
    def parse(cls, given: object, *, field: str = "shipping_address") -> "Address":
        """From the JSON of a request.

        Raises Invalid naming each wrong part ("shipping_address.city").
        """
        if not isinstance(given, Mapping):
            raise Invalid("An address is an object.", details={field: ["Give an object."]})
        wrong: dict[str, Any] = {}
        parts: dict[str, str] = {}
        for name in LONGEST:
            value = given.get(name, "")
            problem = problem_with(name, value)
            if problem:
                wrong[f"{field}.{name}"] = [problem]
            else:
                parts[name] = value.strip()
        for name in set(given) - set(LONGEST):
            wrong[f"{field}.{name}"] = ["Not a part of an address."]
        if wrong:
            raise Invalid("The address is not complete.", details=wrong)
        return cls(**parts)

    def as_json(self) -> dict[str, str]:
        """As it is stored and answered."""
        return asdict(self)

    @property
    def destination(self) -> Destination:
        """As much of it as shipping and tax ask for."""
        return Destination(self.country, self.region, self.postal_code)

    def in_lines(self) -> list[str]:
        """As on an envelope, in English country names."""
        place = " ".join(part for part in (self.postal_code, self.city) if part)
        country = countries().get(self.country, self.country)
        lines = [self.name, self.line1, self.line2, place, self.region, country]
        return [line for line in lines if line]


def from_json(stored: Mapping[str, Any]) -> Address:
    """A stored address, however old: unknown parts are left out, missing ones are empty."""
    known = [part.name for part in fields(Address)]
    return Address(**{name: str(stored.get(name, "")) for name in known})


def problem_with(name: str, value: object) -> str:
    """What is wrong with one part of an address, or nothing."""
    if not isinstance(value, str):
        return "Give a text."
    text = value.strip()
    if not text:
        return "This part is needed." if name in REQUIRED else ""
    if len(text) > LONGEST[name]:
        return f"At most {LONGEST[name]} characters."
    if not text.isprintable():
        return "Line breaks and control characters have no place here."
    if name == "country" and text not in countries():
        return "Give a country code of two capital letters, such as DE."
    return ""


@cache
def countries() -> dict[str, str]:
    """Two-letter codes and English names (CLDR)."""
    territories = Locale("en").territories
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}
