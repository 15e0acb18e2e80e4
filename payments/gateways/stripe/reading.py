"""Stripe's objects, as plain dicts, in our words. The same for fetched objects and webhooks'.

Only fields that have been where they are since before the pinned version, and expanded ones
(`payment_intent.latest_charge.balance_transaction`) where they are there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeGuard
from uuid import UUID

from core.errors import Invalid
from core.money import MAX_MINOR, Money, MoneyError
from payments.gateways.minor_units import from_gateway
from payments.gateways.stripe.words import REFERENCE_KEY

Raw = dict[str, Any]
SLUG = "stripe"
LONGEST_WORD = 500  # characters
LAST_MOMENT = 2**33  # Unix seconds; what is later is no time


class Unreadable(ValueError):
    """Fields we need are missing or of another kind."""


@contextmanager
def reading(raw: Raw) -> Iterator[None]:
    """Whatever is wrong with an object inside is Unreadable."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, Invalid, MoneyError) as error:
        raise Unreadable(f"{raw.get('object')} {raw.get('id')}: {error!r}") from error


def our_reference(raw: Raw) -> str:
    """What we called the payment, where the object carries it; else "".

    Not `client_reference_id`: other programs on the same account fill that in as well, and so do
    our own subscriptions.
    """
    found = (raw.get("metadata") or {}).get(REFERENCE_KEY)
    return found if _is_word(found) else ""


def uuid_of(written: Any) -> UUID | None:
    """An id of ours that Stripe kept, unless somebody changed it there."""
    try:
        return UUID(written) if written else None
    except (ValueError, AttributeError, TypeError):
        return None


def money_of(number: Any, currency: Any) -> Money:
    """An amount. Raises Unreadable, Invalid."""
    if type(number) is not int or not isinstance(currency, str):
        raise Unreadable(f"{number!r} {currency!r} is no amount.")
    money = from_gateway(SLUG, number, currency)
    if abs(money.minor) > MAX_MINOR:
        raise Unreadable(f"{number} {currency} is more than we book.")
    return money


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


def moment_of(seconds: Any) -> datetime | None:
    """A time, UTC; None for what is none."""
    usable = type(seconds) is int and 0 < seconds < LAST_MOMENT
    return datetime.fromtimestamp(seconds, UTC) if usable else None


def name_of(value: Any) -> str:
    """The id of something that may be expanded; "" for nothing."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if _is_word(found) else ""


def named(value: Any) -> str:
    """An id that must be there. Raises Unreadable."""
    if not _is_word(value):
        raise Unreadable(f"{value!r} is no id.")
    return value


def words_of(said: Any) -> str:
    """The gateway's own words, as far as they can be kept."""
    return str(said or "").replace("\x00", "")[:LONGEST_WORD]


def flag_of(value: Any) -> bool:
    """True or false and nothing else. Raises Unreadable."""
    if not isinstance(value, bool):
        raise Unreadable(f"{value!r} is neither true nor false.")
    return value


def _is_word(value: Any) -> TypeGuard[str]:
    """Text that PostgreSQL can keep and look up."""
    return isinstance(value, str) and len(value) <= LONGEST_WORD and "\x00" not in value
