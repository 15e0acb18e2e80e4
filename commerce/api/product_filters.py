"""Filters of the product list that look further than the product's own columns."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from rest_framework.exceptions import ValidationError

from commerce.models import Price, Product, StockItem, Variant
from core.money import CURRENCIES, Money, MoneyError

AMOUNT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "examples": ["12.50"]}
FURTHER: dict[str, tuple[dict[str, Any], str]] = {
    "branch": ({"type": "string", "maxLength": 500}, "Path of a category: it and all below it."),
    "currency": ({"type": "string", "pattern": "^[A-Z]{3}$"}, "Sold in this currency now."),
    "price__gte": (AMOUNT, "Some variant costs so much or more now; needs `currency`."),
    "price__lte": (AMOUNT, "Some variant costs so much or less now; needs `currency`."),
    "on_sale": ({"type": "boolean"}, "Some variant is cheaper than usual now."),
    "in_stock": ({"type": "boolean"}, "Some variant can be bought now, or none can."),
}


def narrowed(products: QuerySet[Product], asked: Mapping[str, str]) -> QuerySet[Product]:
    """Products by what was asked. Raises ValidationError naming the parameters."""
    mistakes: dict[str, list[str]] = {}
    if "branch" in asked:
        path = asked["branch"].strip("/")
        products = products.filter(
            Q(category__path=path) | Q(category__path__startswith=f"{path}/")
        )
    for name, condition in (("in_stock", in_stock()), ("on_sale", _on_sale())):
        if name in asked:
            wanted = {"true": True, "1": True, "false": False, "0": False}.get(asked[name])
            if wanted is None:
                mistakes[name] = ["Give true or false."]
            else:
                products = products.filter(condition if wanted else ~condition)
    price = _price(asked, mistakes)
    if mistakes:
        raise ValidationError(mistakes)
    return products if price is None else products.filter(price)


def by_price(products: QuerySet[Product], query: Mapping[str, str]) -> QuerySet[Product]:
    """What the cheapest variant costs now, where a list is ordered by it: products that are not
    sold in the currency come last. Raises ValidationError without a currency."""
    names = [name.strip().removeprefix("-") for name in query.get("ordering", "").split(",")]
    if "price" not in names:
        return products
    currency = query.get("currency", "")
    if currency not in CURRENCIES:
        raise ValidationError({"ordering": ["To order by price, give `currency` too."]})
    prices = Price.objects.at().filter(
        variant__product=OuterRef("pk"), variant__is_active=True, currency=currency
    )
    least = prices.order_by("amount_minor").values("amount_minor")[:1]
    return products.annotate(least_price=Subquery(least))


def in_stock() -> Exists:
    """Some variant of the product can be bought: it cannot run out, or some pieces are free."""
    left = F("on_hand") + F("backorder_limit") - F("reserved") - F("allocated")
    free = (
        StockItem.objects.filter(variant=OuterRef("pk"), location__is_active=True)
        .alias(left=left)
        .filter(left__gt=0)
    )
    sold = Variant.objects.filter(product=OuterRef("pk"), is_active=True)
    return Exists(sold.filter(Q(tracks_stock=False) | Exists(free)))


def _on_sale() -> Exists:
    return Exists(
        Price.objects.at().filter(
            variant__product=OuterRef("pk"),
            variant__is_active=True,
            compare_at_minor__isnull=False,
        )
    )


def _price(asked: Mapping[str, str], mistakes: dict[str, list[str]]) -> Exists | None:
    """One variant's one price within the range."""
    bounds = {name: asked[name] for name in ("price__gte", "price__lte") if name in asked}
    currency = asked.get("currency", "")
    if not bounds and not currency:
        return None
    if currency not in CURRENCIES:
        mistakes["currency"] = ["Give a currency code such as EUR."]
        return None
    prices = Price.objects.at().filter(
        variant__product=OuterRef("pk"), variant__is_active=True, currency=currency
    )
    for name, text in bounds.items():
        try:
            minor = Money.parse(text, currency).minor
        except MoneyError as error:
            mistakes[name] = [str(error)]
        else:
            prices = prices.filter(**{f"amount_minor__{name.rpartition('__')[2]}": minor})
    return Exists(prices)
