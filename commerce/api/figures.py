"""What an offer looks like in the API: sums, taxes, codes, ways of sending."""

from typing import Any

from commerce.pricing.rounding import percent_text
from commerce.pricing.tax import Rate, Tax
from commerce.services.quotes.offer import Offer
from commerce.services.quotes.shipping import Option
from core.api.schema.shapes import MONEY
from core.money import Money

MONEY_OR_NULL = {
    "description": "Null until it is known where it goes",
    "anyOf": [MONEY, {"type": "null"}],
}
RATE = {"type": "string", "description": 'Percent: "19" or "8.875"'}
TAXES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "rate", "included", "amount"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string"},
            "rate": RATE,
            "included": {"type": "boolean", "description": "Contained in prices, not added"},
            "amount": MONEY,
        },
    },
}
WAY: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name", "price", "min_days", "max_days"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string"},
        "name": {"type": "string"},
        "price": MONEY,
        "min_days": {"type": "integer", "nullable": True},
        "max_days": {"type": "integer", "nullable": True},
    },
}
DESTINATION: dict[str, Any] = {
    "type": "object",
    "required": ["country", "region", "postal_code"],
    "additionalProperties": False,
    "properties": {
        "country": {"type": "string"},
        "region": {"type": "string"},
        "postal_code": {"type": "string"},
    },
}
CODES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["code", "applied", "saved", "reason"],
        "additionalProperties": False,
        "properties": {
            "code": {"type": "string"},
            "applied": {"type": "boolean"},
            "saved": MONEY,
            "reason": {"type": "string", "description": "Why it does not count; empty if it does"},
        },
    },
}
FIGURES: dict[str, Any] = {
    "subtotal": MONEY,
    "discount": MONEY,
    "shipping": MONEY_OR_NULL,
    "tax": {**MONEY_OR_NULL, "description": "Added to prices; null until the place is known"},
    "included_tax": {**MONEY_OR_NULL, "description": "Contained in prices"},
    "taxes": TAXES,
    "total": {"description": "Without shipping and tax while they are null", **MONEY},
    "is_complete": {"type": "boolean", "description": "Whether total is what will be owed"},
    "requires_shipping": {"type": "boolean"},
    "destination": {"anyOf": [DESTINATION, {"type": "null"}]},
    "shipping_method": {
        "description": "The way it goes: the chosen one, or else the cheapest",
        "anyOf": [WAY, {"type": "null"}],
    },
    "coupons": CODES,
}


def figures_json(offer: Offer) -> dict[str, Any]:
    """An offer's part of a cart."""
    quote, known = offer.quote, offer.is_complete
    return {
        "subtotal": quote.subtotal.as_json(),
        "discount": quote.discount.as_json(),
        "shipping": quote.shipping.as_json() if known else None,
        "tax": quote.tax.as_json() if known else None,
        "included_tax": quote.included_tax.as_json() if known else None,
        "taxes": [_tax(rate, tax) for rate, tax in quote.taxes()],
        "total": quote.total.as_json(),
        "is_complete": known,
        "requires_shipping": offer.needs_shipping,
        "destination": offer.destination.as_json() if offer.destination else None,
        "shipping_method": way_json(offer.chosen) if offer.chosen else None,
        "coupons": [
            {
                "code": judged.code,
                "applied": judged.discount is not None,
                "saved": quote.saved.get(judged.code, Money.zero(quote.currency)).as_json(),
                "reason": judged.refusal,
            }
            for judged in offer.codes
        ],
    }


def way_json(option: Option) -> dict[str, Any]:
    """One way of sending, at its price before any code."""
    return {
        "code": option.method.code,
        "name": option.name,
        "price": option.full_price.as_json(),
        "min_days": option.method.min_days,
        "max_days": option.method.max_days,
    }


def _tax(rate: Rate, tax: Tax) -> dict[str, Any]:
    return {
        "name": rate.name,
        "rate": percent_text(rate.percent),
        "included": rate.is_included,
        "amount": (tax.added + tax.included).as_json(),
    }
