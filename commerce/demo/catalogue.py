"""What the made-up shop sells. Prices are in euro cents; other currencies follow from them."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TITLE = {
    "home": "Home", "kitchen": "Kitchen", "tea": "Tea and coffee", "textiles": "Textiles",
    "light": "Light", "paper": "Paper and writing", "bags": "Bags", "care": "Body care",
    "pantry": "Pantry", "courses": "Courses",
}  # fmt: skip
PARENT = {
    "kitchen": "home", "tea": "kitchen", "textiles": "home", "light": "home", "pantry": "kitchen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoVendor:
    """A seller of the demo."""

    slug: str
    name: str
    country: str
    currency: str
    commission_bps: int
    contact: str


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A product; `options` are the values of its one option, each a variant."""

    vendor: str
    category: str
    name: str
    cents: int
    description: str
    option: str
    values: tuple[str, ...]
    service: str
    stock: int


VENDORS = (
    DemoVendor("kyoto-iron", "Kyoto Iron", "JP", "JPY", 1200, "Haruka Mori"),
    DemoVendor("atelier-lin", "Atelier Lin", "FR", "EUR", 1000, "Camille Roche"),
    DemoVendor("nordlys", "Nordlys Light", "DK", "DKK", 900, "Freja Holm"),
    DemoVendor("medina-works", "Medina Works", "MA", "EUR", 1500, "Youssef Alami"),
    DemoVendor("highland-paper", "Highland Paper", "GB", "GBP", 1000, "Isla Munro"),
    DemoVendor("andes-pantry", "Andes Pantry", "PE", "USD", 1300, "Rosa Quispe"),
)


@cache
def products() -> list[DemoProduct]:
    """What stands in products.csv; values of an option are parted by "|"."""
    with (Path(__file__).parent / "products.csv").open(encoding="utf-8", newline="") as file:
        return [
            DemoProduct(
                vendor=row["vendor"],
                category=row["category"],
                name=row["name"],
                cents=int(row["cents"]),
                description=row["description"],
                option=row["option"],
                values=tuple(row["values"].split("|")) if row["values"] else (),
                service=row["service"],
                stock=int(row["stock"]),
            )
            for row in csv.DictReader(file)
        ]


# how many minor units a euro cent is worth, and to what they are rounded (a price ends nicely)
CURRENCIES = {"EUR": (1.0, 10), "USD": (1.1, 10), "GBP": (0.86, 10), "JPY": (1.65, 10)}
DOWNLOADS = "courses"


def price_in(currency: str, cents: int) -> int:
    """A demo price in minor units of a currency."""
    factor, step = CURRENCIES[currency]
    return max(step, round(cents * factor / step) * step)
