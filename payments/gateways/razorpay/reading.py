"""Razorpay's entities, as plain dicts, in our words. The same for fetched ones and webhooks'.

`status` tells, `captured` does not: Razorpay's own samples of authorised and failed payments say
`captured: true`. Only of a refunded payment nothing else says whether we ever had the money.
Entities do not say whether they are real or test money; our key does (`livemode`).
"""

from typing import Any
from uuid import UUID

from core.money import Money
from payments.gateways.interface import GatewayPayment, GatewayRefund, RefundSeen, Seen
from payments.gateways.razorpay.words import ATTEMPT_KEY, REFERENCE_KEY, REFUND_KEY, SLUG
from payments.gateways.reading import (
    Raw,
    Unreadable,
    amount_of,
    named,
    our_id,
    reading,
    said,
    unix_moment,
    word,
)

RETURNED = "Razorpay gave it back to the payer: it was authorised, but not captured in time."

LINK_STATES = {
    "created": Seen.OPEN,
    "paid": Seen.CAPTURED,
    "partially_paid": Seen.CAPTURED,  # never offered by us: held for a person by its amount
    "expired": Seen.EXPIRED,
    "cancelled": Seen.EXPIRED,
}
REFUND_STATES = {
    "pending": RefundSeen.PENDING,
    "processed": RefundSeen.SUCCEEDED,
    "failed": RefundSeen.FAILED,
}


def read_payment(payment: Raw, *, livemode: bool, link: Raw | None = None) -> GatewayPayment:
    """A payment, of a link where that is known. Raises Unreadable.

    A try that failed may be followed by another one, and may even succeed later itself: it leaves
    the page open (`declined`) and does not name the money yet (`payment_ref`).
    """
    with reading(f"payment {payment.get('id')}"):
        return _payment(payment, link or {}, livemode)


def read_link(link: Raw, *, livemode: bool) -> GatewayPayment:
    """A payment link by itself. Raises Unreadable."""
    with reading(f"payment link {link.get('id')}"):
        state = LINK_STATES[link["status"]]
        number = link["amount_paid"] if state is Seen.CAPTURED else link["amount"]
        return GatewayPayment(
            state=state,
            reference=reference_of(link),
            attempt_id=attempt_of(link),
            amount=money(number, link["currency"]),
            livemode=livemode,
            gateway_ref=named(link["id"]),
            authorization_url=named(link["short_url"]) if state is Seen.OPEN else "",
            created_at=unix_moment(link.get("created_at")),
        )


def read_refund(refund: Raw, *, livemode: bool, payment: Raw | None = None) -> GatewayRefund:
    """A refund; `payment` names our reference where the refund itself does not."""
    with reading(f"refund {refund.get('id')}"):
        return GatewayRefund(
            state=REFUND_STATES[refund["status"]],
            refund_ref=named(refund["id"]),
            payment_ref=named(refund["payment_id"]),
            amount=money(refund["amount"], refund["currency"]),
            livemode=livemode,
            reference=reference_of(refund) or reference_of(payment or {}),
            refund_id=our_id(notes_of(refund).get(REFUND_KEY)),
            failure="Razorpay could not carry it out." if refund["status"] == "failed" else "",
            settled=_settled(refund),
            created_at=unix_moment(refund.get("created_at")),
        )


def _payment(payment: Raw, link: Raw, livemode: bool) -> GatewayPayment:
    state, declined = _payment_state(payment)
    if state is Seen.OPEN and link:
        state = LINK_STATES[link["status"]]
    captured = state is Seen.CAPTURED
    payment_ref = named(payment["id"])
    return GatewayPayment(
        state=state,
        reference=reference_of(payment) or reference_of(link),
        attempt_id=attempt_of(payment) or attempt_of(link),
        amount=money(payment["amount"], payment["currency"]),
        livemode=livemode,
        gateway_ref=named(link["id"]) if link else "",
        payment_ref=payment_ref if captured else "",
        authorization_url=named(link["short_url"]) if link and state is Seen.OPEN else "",
        fee=fee_of(payment) if captured else None,
        declined=declined,
        declined_ref=payment_ref if declined else "",
        settled=_settled(payment) if captured else None,
        created_at=unix_moment(payment.get("created_at")),
    )


def was_captured(payment: Raw) -> bool:
    """Whether the money was ever ours."""
    return _payment_state(payment)[0] is Seen.CAPTURED


def _payment_state(payment: Raw) -> tuple[Seen, str]:
    """(state, why it is not paid)."""
    status = payment["status"]
    if status == "captured" or (status == "refunded" and payment["captured"] is True):
        return Seen.CAPTURED, ""
    if status == "authorized":
        return Seen.PROCESSING, ""
    if status == "refunded":
        return Seen.OPEN, RETURNED
    if status == "failed":
        why = payment.get("error_description") or payment.get("error_reason") or "declined"
        return Seen.OPEN, said(why)
    if status == "created":
        return Seen.OPEN, ""
    raise Unreadable(f"A payment's status {status!r} is not known.")


def fee_of(payment: Raw) -> Money | None:
    """What Razorpay kept, its tax included, in the currency it settles in; None until known.

    Of a foreign payment the fee is in the account's own currency. Where Razorpay does not say
    which that is, no fee is known: one booked in the wrong currency would be worse.
    """
    settles_in = payment.get("base_currency")
    if settles_in is None and not payment.get("international"):
        settles_in = payment["currency"]
    if payment.get("fee") is None or settles_in is None:
        return None
    return money(payment["fee"], settles_in)


def _settled(raw: Raw) -> Money | None:
    """What Razorpay turned a foreign amount into, where it says."""
    currency = raw.get("base_currency")
    if currency is None or currency == raw["currency"]:
        return None
    return money(raw["base_amount"], currency)


def notes_of(raw: Raw) -> Raw:
    """The notes; none at all are `[]` on most entities, and null on links."""
    notes = raw.get("notes")
    return notes if isinstance(notes, dict) else {}


def reference_of(raw: Raw) -> str:
    """Our payment's reference, or ""."""
    return word(notes_of(raw).get(REFERENCE_KEY))


def attempt_of(raw: Raw) -> UUID | None:
    """Our attempt's id, where it is written on it."""
    return our_id(notes_of(raw).get(ATTEMPT_KEY))


def money(number: Any, currency: Any) -> Money:
    """Our amount for Razorpay's number. Raises Unreadable, Invalid."""
    return amount_of(SLUG, number, currency)
