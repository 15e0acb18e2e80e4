"""Sessions, intents and charges: what each of them tells about a payment."""

from core.money import Money
from payments.gateways.interface import GatewayPayment, Seen
from payments.gateways.reading import (
    Raw,
    Unreadable,
    flag,
    named,
    our_id,
    reading,
    said,
    unix_moment,
)
from payments.gateways.stripe.reading import fee_of, money_of, name_of, our_reference, settled_of
from payments.gateways.stripe.words import ATTEMPT_KEY


def read(raw: Raw) -> GatewayPayment:
    """A checkout.session, payment_intent or charge. Raises Unreadable."""
    readers = {"checkout.session": _session, "payment_intent": _intent, "charge": _charge}
    reader = readers.get(str(raw.get("object")))
    if reader is None:
        raise Unreadable(f"{raw.get('object')!r} is no payment.")
    with reading(f"{raw['object']} {raw.get('id')}"):
        return reader(raw)


def _session(raw: Raw) -> GatewayPayment:
    intent = raw["payment_intent"] if isinstance(raw.get("payment_intent"), dict) else None
    charge = _latest_charge(intent)
    declined, declined_ref = _decline(intent)
    return GatewayPayment(
        state=_session_state(raw, intent),
        reference=our_reference(raw),
        attempt_id=our_id((raw.get("metadata") or {}).get(ATTEMPT_KEY)),
        amount=money_of(raw["amount_total"], raw["currency"]),
        livemode=flag(raw["livemode"]),
        gateway_ref=named(raw["id"]),
        payment_ref=name_of(raw.get("payment_intent")),
        authorization_url=raw.get("url") or "",
        fee=fee_of(charge),
        refunded=_refunded(charge),
        declined=declined,
        declined_ref=declined_ref,
        settled=settled_of(charge),
        created_at=unix_moment(raw.get("created")),
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
        reference=our_reference(raw),
        attempt_id=our_id((raw.get("metadata") or {}).get(ATTEMPT_KEY)),
        amount=money_of(raw["amount"] if received is None else received, raw["currency"]),
        livemode=flag(raw["livemode"]),
        payment_ref=named(raw["id"]),
        fee=fee_of(charge),
        refunded=_refunded(charge),
        declined=declined,
        declined_ref=declined_ref,
        settled=settled_of(charge),
        created_at=unix_moment(raw.get("created")),
    )


def _charge(raw: Raw) -> GatewayPayment:
    """The money itself. One that failed says nothing of the page: it may still be open."""
    captured = raw["status"] == "succeeded" and raw["captured"] is True
    on_its_way = raw["status"] in ("succeeded", "pending")
    return GatewayPayment(
        state=Seen.CAPTURED if captured else Seen.PROCESSING if on_its_way else Seen.OPEN,
        reference=our_reference(raw),
        attempt_id=our_id((raw.get("metadata") or {}).get(ATTEMPT_KEY)),
        amount=money_of(raw["amount_captured"] if captured else raw["amount"], raw["currency"]),
        livemode=flag(raw["livemode"]),
        payment_ref=name_of(raw.get("payment_intent")) or named(raw["id"]),
        fee=fee_of(raw),
        refunded=_refunded(raw),
        settled=settled_of(raw),
        created_at=unix_moment(raw.get("created")),
    )


def _latest_charge(intent: Raw | None) -> Raw | None:
    charge = intent.get("latest_charge") if intent else None
    return charge if isinstance(charge, dict) else None


def _refunded(charge: Raw | None) -> Money | None:
    return money_of(charge["amount_refunded"], charge["currency"]) if charge else None


def _decline(intent: Raw | None) -> tuple[str, str]:
    """(why the last try was refused, by which charge), or nothing."""
    error = intent.get("last_payment_error") if intent else None
    if not isinstance(error, dict):
        return "", ""
    why = said(error.get("message") or error.get("code") or "declined")
    return why, name_of(error.get("charge"))
