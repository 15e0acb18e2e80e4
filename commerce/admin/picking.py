"""Things picked by a clerk: found by a word or SKU, each with its price and what is left of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from commerce.enums import ProductStatus
from commerce.models import Variant
from commerce.models.cart import MOST_PIECES
from commerce.services.carts import prices_today
from commerce.services.stock import free_by_variant
from commerce.wording import Wording
from core.errors import Invalid
from core.money import Money, MoneyError

SHOWN = 12
FIELD = "add_"


@dataclass(frozen=True, slots=True)
class Pick:
    """A variant on sale; `left` is None for what cannot run out."""

    variant: Variant
    title: str
    price: Money | None
    left: int | None
    quantity: int = 0


def find(text: str, *, currency: str, but: Iterable[UUID] = ()) -> list[Pick]:
    """What is on sale and has words that begin so, by SKU."""
    if not text.strip():
        return []
    variants = Variant.objects.filter(
        is_active=True,
        product__status=ProductStatus.ACTIVE,
        product__words__words__icontains=text,
    ).exclude(pk__in=list(but))
    found = list(variants.select_related("product").order_by("sku")[: 2 * SHOWN])
    return [pick for pick in _picks(found, {}, currency) if pick.price][:SHOWN]


def picked(quantities: Mapping[UUID, int], *, currency: str) -> list[Pick]:
    """What was picked, in that order; what is not on sale has no price."""
    known = Variant.objects.select_related("product").in_bulk(list(quantities))
    return _picks([known[pk] for pk in quantities if pk in known], quantities, currency)


def pieces(given: QueryDict, prefix: str = FIELD) -> dict[UUID, int]:
    """How many of what stands in a form's fields "<prefix><id>"; empty fields are left out.

    Raises Invalid for what is no number of pieces.
    """
    counted: dict[UUID, int] = {}
    for name, value in given.items():
        text = str(value).strip()
        if not name.startswith(prefix) or not text:
            continue
        try:
            key, count = UUID(name.removeprefix(prefix)), int(text)
        except ValueError:
            raise Invalid("Give whole numbers.", details={name: ["A number of pieces."]}) from None
        if not 0 <= count <= MOST_PIECES:
            raise Invalid("Too many.", details={name: [f"0 to {MOST_PIECES} pieces."]})
        counted[key] = count
    return counted


def sum_looked_at(given: QueryDict, currency: str) -> Money:
    """What the form says it came to; a sum that nothing comes to where nobody has looked."""
    try:
        return Money(int(given.get("expected", "")), currency)
    except (ValueError, MoneyError):
        return Money(-1, currency)


def _picks(variants: list[Variant], quantities: Mapping[UUID, int], currency: str) -> list[Pick]:
    """Three queries, however many."""
    ids = [variant.pk for variant in variants]
    prices = prices_today(ids, currency)
    left = free_by_variant(ids)
    wording = Wording({variant.product_id for variant in variants})
    return [
        Pick(
            variant,
            wording.title(variant),
            prices.get(variant.pk),
            left.get(variant.pk, 0) if variant.tracks_stock else None,
            quantities.get(variant.pk, 0),
        )
        for variant in variants
    ]
