"""Stripe's objects, as plain dicts, in our words. The same for fetched objects and webhooks'.

Only fields that have been where they are since before the pinned version, and expanded ones
(`payment_intent.latest_charge.balance_transaction`) where they are there.
"""

from typing import Any, TypeGuard
from uuid import UUID

from core.errors import Invalid
from core.money import MAX_MINOR, Money, MoneyError
from payments.gateways.interface import GatewayPayment, Seen
from payments.gateways.minor_units import from_gateway
from payments.gateways.stripe.words import ATTEMPT_KEY, REFERENCE_KEY

Raw = dict[str, Any]
SLUG = "stripe"
LONGEST_REASON = 500  # characters
LONGEST_WORD = 500


class Unreadable(ValueError):
    """Fields we need are missing or of another kind."""


def read(raw: Raw) -> GatewayPayment:
    """A checkout.session, payment_intent or charge. Raises Unreadable."""
    readers = {"checkout.session": _session, "payment_intent": _intent, "charge": _charge}
    reader = readers.get(str(raw.get("object")))
    if reader is None:
        raise Unreadable(f"{raw.get('object')!r} is no payment.")
    try:
        return reader(raw)
    except (KeyError, TypeError, AttributeError, ValueError, Invalid, MoneyError) as error:
        raise Unreadable(f"{raw.get('object')} {raw.get('id')}: {error!r}") from error


def _session(raw: Raw) -> GatewayPayment:
    intent = raw["payment_intent"] if isinstance(raw.get("payment_intent"), dict) else None
    charge = _latest_charge(intent)
    declined, declined_ref = _decline(intent)
    return GatewayPayment(
        state=_session_state(raw, intent),
        reference=_reference(raw),
        attempt_id=_attempt_id(raw),
        amount=_money(raw["amount_total"], raw["currency"]),
        livemode=_flag(raw["livemode"]),
        gateway_ref=_text(raw["id"]),
        payment_ref=_id(raw.get("payment_intent")),
        authorization_url=raw.get("url") or "",
        fee=_fee(charge),
        refunded=_refunded(charge),
        declined=declined,
        declined_ref=declined_ref,
    )


def _session_state(raw: Raw, intent: Raw | None) -> Seen:
    if raw["payment_status"] in ("paid", "no_payment_required"):
        return Seen.CAPTURED
    status = raw["status"]
    if status == "expired":
        return Seen.EXPIRED
    if status == "open":
        return Seen.OPEN
    # complete and unpaid: a slow method is on its way, or has failed
    failed = intent is not None and intent["status"] in ("requires_payment_method", "canceled")
    return Seen.FAILED if failed else Seen.PROCESSING


INTENT_STATES = {
    "succeeded": Seen.CAPTURED,
    "processing": Seen.PROCESSING,
    "requires_capture": Seen.PROCESSING,
    "canceled": Seen.EXPIRED,
}


def _intent(raw: Raw) -> GatewayPayment:
    state = INTENT_STATES.get(raw["status"], Seen.OPEN)
    received = raw.get("amount_received") if state is Seen.CAPTURED else None
    charge = _latest_charge(raw)
    declined, declined_ref = _decline(raw)
    return GatewayPayment(
        state=state,
        reference=_reference(raw),
        attempt_id=_attempt_id(raw),
        amount=_money(raw["amount"] if received is None else received, raw["currency"]),
        livemode=_flag(raw["livemode"]),
        payment_ref=_text(raw["id"]),
        fee=_fee(charge),
        refunded=_refunded(charge),
        declined=declined,
        declined_ref=declined_ref,
    )


def _charge(raw: Raw) -> GatewayPayment:
    captured = raw["status"] == "succeeded" and raw["captured"] is True
    return GatewayPayment(
        state=Seen.CAPTURED if captured else Seen.OPEN,
        reference=_reference(raw),
        attempt_id=_attempt_id(raw),
        amount=_money(raw["amount_captured"] if captured else raw["amount"], raw["currency"]),
        livemode=_flag(raw["livemode"]),
        payment_ref=_id(raw.get("payment_intent")),
        fee=_fee(raw),
        refunded=_refunded(raw),
    )


def _latest_charge(intent: Raw | None) -> Raw | None:
    charge = intent.get("latest_charge") if intent else None
    return charge if isinstance(charge, dict) else None


def _fee(charge: Raw | None) -> Money | None:
    """What Stripe kept, in the currency it settles in; None until it is known."""
    line = charge.get("balance_transaction") if charge else None
    return _money(line["fee"], line["currency"]) if isinstance(line, dict) else None


def _refunded(charge: Raw | None) -> Money | None:
    return _money(charge["amount_refunded"], charge["currency"]) if charge else None


def _decline(intent: Raw | None) -> tuple[str, str]:
    """(why the last try was refused, by which charge), or nothing."""
    error = intent.get("last_payment_error") if intent else None
    if not isinstance(error, dict):
        return "", ""
    said = str(error.get("message") or error.get("code") or "declined")
    return said.replace("\x00", "")[:LONGEST_REASON], _id(error.get("charge"))


def _reference(raw: Raw) -> str:
    metadata = raw.get("metadata") or {}
    found = metadata.get(REFERENCE_KEY) or raw.get("client_reference_id")
    return found if _is_word(found) else ""


def _attempt_id(raw: Raw) -> UUID | None:
    written = (raw.get("metadata") or {}).get(ATTEMPT_KEY)
    try:
        return UUID(written) if written else None
    except (ValueError, AttributeError, TypeError):
        return None


def _money(number: Any, currency: Any) -> Money:
    if type(number) is not int or not isinstance(currency, str):
        raise Unreadable(f"{number!r} {currency!r} is no amount.")
    money = from_gateway(SLUG, number, currency)
    if abs(money.minor) > MAX_MINOR:
        raise Unreadable(f"{number} {currency} is more than we book.")
    return money


def _id(value: Any) -> str:
    """The id of something that may be expanded."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if _is_word(found) else ""


def _text(value: Any) -> str:
    if not _is_word(value):
        raise Unreadable(f"{value!r} is no id.")
    return value


def _is_word(value: Any) -> TypeGuard[str]:
    """Text that PostgreSQL can keep and look up."""
    return isinstance(value, str) and len(value) <= LONGEST_WORD and "\x00" not in value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unreadable(f"{value!r} is neither true nor false.")
    return value
