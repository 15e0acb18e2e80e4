"""Paystack's transactions, as plain dicts, in our words. The same for every call that shows one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from core.money import Money, exponent
from payments.gateways.interface import GatewayPayment, Seen
from payments.gateways.paystack.words import ATTEMPT_KEY, REFERENCE_KEY, reference_in
from payments.gateways.reading import (
    Raw,
    Unreadable,
    amount_of,
    answer_of,
    named,
    our_id,
    reading,
    said,
    word,
)

T = TypeVar("T")
SLUG = "paystack"
HUNDREDTHS = 2  # digits after the point in every number of Paystack's

# Abandoned is what Paystack calls a page nobody has finished: it can still be paid. Ongoing is a
# payer at the page. Reversed is money that came in and went back.
STATES = {
    "success": Seen.CAPTURED,
    "reversed": Seen.CAPTURED,
    "failed": Seen.FAILED,
    "abandoned": Seen.OPEN,
    "ongoing": Seen.OPEN,
    "pending": Seen.PROCESSING,
    "processing": Seen.PROCESSING,
    "queued": Seen.PROCESSING,
}


def read(raw: Any) -> GatewayPayment:
    """A transaction. Raises Unreadable."""
    return guarded(_transaction, raw)


def answered(reader: Callable[[Any], T], raw: Any) -> T:
    """What Paystack answered to a call of ours; raises GatewayError when it cannot be read."""
    with answer_of("Paystack"):
        return reader(raw)


def guarded(reader: Callable[[Raw], T], raw: Any) -> T:
    """The reader's result; whatever is wrong with `raw` is Unreadable."""
    if not isinstance(raw, dict):
        raise Unreadable(f"{type(raw).__name__} is no object.")
    with reading(str(raw.get("id"))):
        return reader(raw)


def _transaction(raw: Raw) -> GatewayPayment:
    status = named(raw["status"])
    state = STATES.get(status)
    if state is None:
        raise Unreadable(f"{status!r} is no state of a transaction.")
    page = named(raw["reference"])
    metadata = normalised(raw.get("metadata"))
    return GatewayPayment(
        state=state,
        reference=reference_in(page) or word(metadata.get(REFERENCE_KEY)),
        attempt_id=our_id(metadata.get(ATTEMPT_KEY)),
        amount=money(raw["amount"], raw["currency"]),
        livemode=is_live(raw["domain"]),
        gateway_ref=page,
        payment_ref=number_of(raw["id"]),
        fee=_fee(raw) if state is Seen.CAPTURED else None,
        declined=_why(raw) if state is Seen.FAILED else "",
        created_at=moment(raw.get("created_at") or raw.get("createdAt")),
    )


def normalised(metadata: Any) -> Raw:
    """Metadata comes back as an object, as JSON text of one, as "", null or 0."""
    if isinstance(metadata, str):
        try:
            metadata = msgspec.json.decode(metadata)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return {}
    return metadata if isinstance(metadata, dict) else {}


def money(number: Any, currency: Any) -> Money:
    """An amount in hundredths; refunds' webhooks write it as text."""
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) < 20:
        number = int(number)
    return amount_of(SLUG, number, currency)


def is_live(domain: Any) -> bool:
    """Paystack's word for whose money it is."""
    if domain not in ("live", "test"):
        raise Unreadable(f"{domain!r} is neither live nor test.")
    return bool(domain == "live")


def moment(written: Any) -> datetime | None:
    """A time, UTC; None where there is none."""
    if not isinstance(written, str) or not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def number_of(value: Any) -> str:
    """An id, which Paystack counts in numbers."""
    if type(value) is not int or not 0 < value < 10**18:
        raise Unreadable(f"{value!r} is no id.")
    return str(value)


def _fee(raw: Raw) -> Money | None:
    """What Paystack kept, in the currency of the payment; null until it is known.

    A share of francs may come in hundredths of them, which nobody can be paid: rounded half up.
    """
    fees, currency = raw.get("fees"), raw["currency"]
    if type(fees) is int and isinstance(currency, str):
        whole = 10 ** (HUNDREDTHS - exponent(currency))
        fees = (2 * fees + whole) // (2 * whole) * whole
    return None if fees is None else money(fees, currency)


def _why(raw: Raw) -> str:
    return said(raw.get("gateway_response") or raw.get("message") or "declined")
