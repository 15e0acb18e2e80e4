"""What a cart looks like in the API."""

from typing import Any

from django.db import transaction

from commerce.api.figures import FIGURES, figures_json
from commerce.enums import CartState
from commerce.models import Cart, CartLine
from commerce.pricing import LineQuote
from commerce.services.carts import prices_today
from commerce.services.quotes.carts import lines_of, show
from commerce.services.stock import free_by_variant
from core.api.schema.shapes import MONEY
from core.identity import acting_as_system
from core.money import Money

CART_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["token", "currency", "state", "order", "items", *FIGURES, "updated_at"],
    "additionalProperties": False,
    "properties": {
        "token": {"type": "string", "description": "All that opens this cart; keep it"},
        "currency": {"type": "string"},
        "state": {"type": "string", "enum": CartState.values},
        "order": {"type": "string", "nullable": True, "description": "Its number, once ordered"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    "variant", "product", "sku", "name", "options", "quantity", "unit_price",
                    "total", "discount", "in_stock", "price_now", "on_sale",
                ],
                "additionalProperties": False,
                "properties": {
                    "variant": {"type": "string", "format": "uuid"},
                    "product": {"type": "string", "format": "uuid"},
                    "sku": {"type": "string"},
                    "name": {"type": "string"},
                    "options": {"type": "object"},
                    "quantity": {"type": "integer"},
                    "unit_price": MONEY,
                    "total": MONEY,
                    "discount": MONEY,
                    "in_stock": {"type": "boolean"},
                    "price_now": {
                        "description": "What one costs today; null when it is not on sale",
                        "anyOf": [MONEY, {"type": "null"}],
                    },
                    "on_sale": {"type": "boolean"},
                },
            },
        },
        **FIGURES,
        "updated_at": {"type": "string", "format": "date-time"},
    },
}  # fmt: skip


def cart_json(cart: Cart, *, token: str) -> dict[str, Any]:
    """A cart with its lines and figures, at the prices its shopper was shown, which it remembers.

    Read as the house: the token has let the caller in. However full it is, as many queries.
    """
    with acting_as_system("cart"), transaction.atomic():
        lines = lines_of(cart)
        stock = free_by_variant(line.variant_id for line in lines)
        prices = prices_today([line.variant_id for line in lines], cart.currency)
        number = _order_number(cart)
        offer = show(cart, lines)
    items = zip(lines, offer.quote.lines, strict=True)
    return {
        "token": token,
        "currency": cart.currency,
        "state": cart.state,
        "order": number,
        "items": [
            _line(line, quoted, stock.get(line.variant_id, 0), prices.get(line.variant_id))
            for line, quoted in items
        ],
        **figures_json(offer),
        "updated_at": cart.updated_at,
    }


def _order_number(cart: Cart) -> str | None:
    if cart.state != CartState.CONVERTED:
        return None
    return str(cart.order.number)


def _line(line: CartLine, quoted: LineQuote, left: int, now: Money | None) -> dict[str, Any]:
    variant = line.variant
    return {
        "variant": variant.pk,
        "product": variant.product_id,
        "sku": variant.sku,
        "name": variant.product.name,
        "options": variant.options,
        "quantity": line.quantity,
        "unit_price": line.unit_price.as_json(),
        "total": quoted.goods.total.as_json(),
        "discount": quoted.discount.as_json(),
        "in_stock": not variant.tracks_stock or left >= line.quantity,
        "price_now": None if now is None else now.as_json(),
        "on_sale": now is not None,
    }
