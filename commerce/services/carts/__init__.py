"""Carts: opened, filled, changed, joined, reminded of, removed."""

from commerce.services.carts.items import (
    MOST_LINES,
    accept_prices,
    add_item,
    add_items,
    change_item,
    prices_today,
    refuse_ended,
)
from commerce.services.carts.tokens import find_cart, new_key, open_cart, token_digest

__all__ = [
    "MOST_LINES",
    "accept_prices",
    "add_item",
    "add_items",
    "change_item",
    "find_cart",
    "new_key",
    "open_cart",
    "prices_today",
    "refuse_ended",
    "token_digest",
]
