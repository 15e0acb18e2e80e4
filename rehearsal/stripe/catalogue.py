"""Products and their prices."""

from __future__ import annotations

import time
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.currency import check_currency, check_unit_amount
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.params import missing

CARRIED = ("active", "lookup_key", "metadata", "nickname", "tax_behavior")


def create_product(book: Book, params: dict[str, Any]) -> StripeObject:
    """A product; `default_price_data` is not known."""
    if params.get("default_price_data"):
        raise StripeRefusal("The rehearsal makes prices by /v1/prices.", param="default_price_data")
    if params.get("id") in book.tables.get("product", {}):
        raise StripeRefusal("Product already exists.", code="resource_already_exists", param="id")
    names = ("id", "name", "description", "active", "metadata", "url", "statement_descriptor")
    values = {name: params[name] for name in names if params.get(name) is not None}
    product = blank("product", updated=int(time.time()), **values)
    book.save(product)
    return product


def create_price(book: Book, params: dict[str, Any]) -> StripeObject:
    """A price of a product that exists or of `product_data`; flat amounts only."""
    for name in ("tiers", "custom_unit_amount", "transform_quantity", "currency_options"):
        if params.get(name):
            raise StripeRefusal("The rehearsal knows flat prices only.", param=name)
    if params.get("unit_amount") is None:
        raise missing("unit_amount")
    if params.get("product"):
        product = book.get("product", params["product"], param="product")
    elif params.get("product_data"):
        product = create_product(book, params["product_data"])
    else:
        raise missing("product")
    price = new_price(params, product["id"], at="")
    _check_lookup_key(book, params)
    price.update({name: params[name] for name in CARRIED if params.get(name) is not None})
    book.save(price)
    return price


def new_price(raw: dict[str, Any], product: str, *, at: str) -> StripeObject:
    """A price from `unit_amount`, `currency`, `recurring`; `at` names the parameters' parent."""
    currency = check_currency(raw["currency"], _name(at, "currency"))
    unit = check_unit_amount(int(raw["unit_amount"]), currency, _name(at, "unit_amount"))
    recurring = raw.get("recurring")
    return blank(
        "price",
        currency=currency,
        product=product,
        unit_amount=unit,
        unit_amount_decimal=str(unit),
        type="recurring" if recurring else "one_time",
        recurring={
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count") or 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
        if recurring
        else None,
    )


def _check_lookup_key(book: Book, params: dict[str, Any]) -> None:
    key = params.get("lookup_key")
    others = list(book.where("price", lookup_key=key)) if key else []
    if others and not params.get("transfer_lookup_key"):
        raise StripeRefusal(
            f"A price (`{others[0]['id']}`) already uses that lookup key.", param="lookup_key"
        )
    for other in others:
        other["lookup_key"] = None
        book.save(other)


def _name(at: str, field: str) -> str:
    return f"{at}[{field}]" if at else field
