"""The columns of a product and of its variants; prices in every currency somebody uses."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from commerce.enums import FieldType, ProductStatus, TaxClass
from commerce.models import FieldDefinition, Price, Vendor
from core.bulk.cells import Choice, Number, Text, TrueFalse, WholeNumber
from core.bulk.columns import Column
from core.bulk.harmless import harmless

USUAL = ("EUR", "USD", "GBP", "JPY", "CHF", "CAD", "AUD", "INR", "NGN", "ZAR")
PRICE, CUSTOM = "price_", "cf_"
MOST_PIECES = 10**9


class OptionWords(Text):
    """Size=M; Colour=red. Words with those signs in them come as a JSON object."""

    empty = None

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """Names and values in their order. Raises ValueError."""
        text = value.strip()
        if text.startswith("{"):
            try:
                found = json.loads(text)
            except ValueError:
                raise ValueError("is no JSON object") from None
            if not all(isinstance(word, str) for word in found.values()):
                raise ValueError("has values that are no texts")
            return found
        found = {}
        for part in filter(str.strip, text.split(";")):
            name, sign, word = part.partition("=")
            if not sign or not name.strip() or not word.strip():
                raise ValueError(f"is {text[:60]!r}, not such as Size=M; Colour=red")
            if name.strip() in found:
                raise ValueError(f"names {name.strip()[:40]!r} twice")
            found[name.strip()] = word.strip()
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The short way where it can be read back."""
        words = {str(name): str(word) for name, word in (value or {}).items()}
        text = "; ".join(f"{name}={word}" for name, word in words.items())
        try:
            plain = self.clean(text) == words
        except ValueError:
            plain = False
        return harmless(text if plain else json.dumps(words, ensure_ascii=False))


OF_PRODUCT = [
    Column("vendor", "Vendor", Text(100), help="Its slug", aliases=("seller", "supplier", "brand"),
           example="tea-house"),
    Column("slug", "Slug", Text(120), help="The product's name in addresses",
           aliases=("handle", "product id", "url key"), example="green-tea"),
    Column("name", "Name", Text(200), aliases=("title", "product", "product name"),
           example="Green tea"),
    Column("description", "Description", Text(50_000, lines=True),
           aliases=("body", "body html", "text"), example="From the first harvest."),
    Column("category", "Category", Text(500), help="Its path", aliases=("shelf", "type"),
           example="home/kitchen"),
    Column("service", "Line of business", Text(60), aliases=("service",), example="goods"),
    Column("status", "Status", Choice(ProductStatus.choices), example="draft"),
    Column("tax_class", "Tax class", Choice(TaxClass.choices)),
]  # fmt: skip
OF_VARIANT = [
    Column("sku", "SKU", Text(64), required=True, example="TEA-100",
           aliases=("variant sku", "article", "item number", "stock code")),
    Column("options", "Options", OptionWords(), help="Size=M; Colour=red",
           aliases=("variant", "attributes"), example="Weight=100 g"),
    Column("barcode", "Barcode", Text(64), aliases=("ean", "gtin", "upc"),
           example="4006381333931"),
    Column("position", "Position", WholeNumber(0, 32_767)),
    Column("is_active", "On sale", TrueFalse(), aliases=("active", "enabled"), example="yes"),
    Column("tracks_stock", "Counts stock", TrueFalse(), aliases=("track inventory",)),
    Column("requires_shipping", "Is sent", TrueFalse(), aliases=("requires shipping",)),
    Column("weight_grams", "Weight in grams", WholeNumber(0, 10**9), aliases=("weight", "grams"),
           example="120"),
    Column("stock", "Stock", WholeNumber(0, MOST_PIECES), help="Pieces at the default location",
           aliases=("quantity", "qty", "on hand", "inventory"), example="40"),
]  # fmt: skip
PRODUCT_NAMES = frozenset(column.name for column in OF_PRODUCT)
PLAIN_PRODUCT = ("name", "description", "service", "status", "tax_class")
PLAIN_VARIANT = (
    "options", "barcode", "position", "is_active", "tracks_stock", "requires_shipping",
    "weight_grams",
)  # fmt: skip


def columns() -> list[Column]:
    """All of them, as the shop is today."""
    return [*OF_PRODUCT, *_custom(), *OF_VARIANT, *_prices()]


def _prices() -> list[Column]:
    used = set(Price.objects.values_list("currency", flat=True).distinct())
    used |= set(Vendor.objects.values_list("payout_currency", flat=True).distinct())
    wanted = sorted(used | set(USUAL) | {settings.BASE_CURRENCY})
    return [
        Column(f"{PRICE}{code}", f"Price {code}", Number(),
               aliases=(f"price in {code}", f"{code} price", f"{code}"),
               example="7.50" if code == settings.BASE_CURRENCY else "")
        for code in wanted
    ]  # fmt: skip


def _custom() -> list[Column]:
    """One for each key that some category defines."""
    found: dict[str, Column] = {}
    for field in FieldDefinition.objects.filter(archived_at=None).order_by("key"):
        label = field.label.get("en") or field.key
        found.setdefault(field.key, Column(
            f"{CUSTOM}{field.key}", f"Field {field.key}", CustomCell(FieldType(field.type)),
            aliases=(label, field.key, f"cf.{field.key}"), help=label,
        ))  # fmt: skip
    return list(found.values())


class CustomCell(Text):
    """A value of a custom field: read as its type, checked by its definition afterwards."""

    empty = None

    def __init__(self, type: FieldType) -> None:
        super().__init__(10_000, lines=True)
        self.type = type

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """As JSON would hold it. Raises ValueError."""
        if self.type == FieldType.NUMBER:
            return Number().clean(value)
        if self.type == FieldType.BOOLEAN:
            return TrueFalse().clean(value)
        if self.type == FieldType.MULTI_CHOICE:
            return [word.strip() for word in value.split(";") if word.strip()]
        return super().clean(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The way it is read."""
        if value is None:
            return ""
        if self.type == FieldType.NUMBER:
            return value
        if self.type == FieldType.BOOLEAN:
            return TrueFalse().render(value)
        if isinstance(value, list):
            return harmless("; ".join(map(str, value)))
        return super().render(value)


def prices_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """The row's prices by currency; None where the cell says that it is not sold in it."""
    return {name.removeprefix(PRICE): v for name, v in values.items() if name.startswith(PRICE)}


def custom_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """The row's custom fields by key."""
    return {name.removeprefix(CUSTOM): v for name, v in values.items() if name.startswith(CUSTOM)}
