"""Stripe's objects, as plain dicts, in our words. The same for fetched objects and webhooks'.

Only fields that have been where they are since before the pinned version, and expanded ones
(`payment_intent.latest_charge.balance_transaction`) where they are there.
"""

from typing import Any

from core.money import Money
from payments.gateways.reading import Raw, amount_of, word
from payments.gateways.stripe.words import REFERENCE_KEY

SLUG = "stripe"


def our_reference(raw: Raw) -> str:
    """What we called the payment, where the object carries it; else "".

    Not `client_reference_id`: other programs on the same account fill that in as well, and so do
    our own subscriptions.
    """
    return word((raw.get("metadata") or {}).get(REFERENCE_KEY))


def money_of(number: Any, currency: Any) -> Money:
    """An amount. Raises Unreadable, Invalid."""
    return amount_of(SLUG, number, currency)


def fee_of(moved: Raw | None) -> Money | None:
    """What Stripe kept of a charge, in the currency it settles in; None until it is known."""
    line = moved.get("balance_transaction") if moved else None
    return money_of(line["fee"], line["currency"]) if isinstance(line, dict) else None


def settled_of(moved: Raw | None) -> Money | None:
    """What a charge or refund moved on our account, where that is in another currency."""
    line = moved.get("balance_transaction") if moved else None
    if moved is None or not isinstance(line, dict) or line["currency"] == moved["currency"]:
        return None
    return money_of(abs(line["amount"]), line["currency"])


def name_of(value: Any) -> str:
    """The id of something that may be expanded; "" for nothing."""
    return word(value.get("id") if isinstance(value, dict) else value)
