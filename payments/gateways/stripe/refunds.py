"""Stripe's refunds: how to ask for one, and what it looks like in our words.

A refund that has succeeded may fail days later (the card was closed), when Stripe takes the money
back into our balance and `amount_refunded` of the charge shrinks. `failed` and `canceled` are
final. Source: docs.stripe.com/refunds, "Handle failed refunds", and stripe/_refund.py.
"""

from typing import Any
from uuid import UUID

from payments.gateways.interface import GatewayRefund, RefundRequest, RefundSeen
from payments.gateways.minor_units import to_gateway
from payments.gateways.reading import Raw, named, our_id, reading, said, unix_moment
from payments.gateways.stripe.reading import SLUG, money_of, name_of, our_reference, settled_of
from payments.gateways.stripe.words import REFERENCE_KEY, REFUND_KEY

STATES = {
    "pending": RefundSeen.PENDING,
    "requires_action": RefundSeen.NEEDS_ATTENTION,
    "succeeded": RefundSeen.SUCCEEDED,
    "failed": RefundSeen.FAILED,
    "canceled": RefundSeen.FAILED,
}
REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})  # all that Stripe takes


def refund_params(request: RefundRequest) -> dict[str, Any]:
    """Must not change between two tries of one refund: Stripe compares."""
    reason = {"reason": request.reason} if request.reason in REASONS else {}
    return {
        **money_param(request.payment_ref),
        **reason,
        "amount": to_gateway(SLUG, request.amount),
        "metadata": {REFERENCE_KEY: request.reference, REFUND_KEY: str(request.refund_id)},
        "expand": ["balance_transaction"],
    }


def money_param(payment_ref: str) -> dict[str, str]:
    """The parameter that names a payment: by its intent, or its charge when it has none."""
    return {"charge" if is_charge(payment_ref) else "payment_intent": payment_ref}


def is_charge(payment_ref: str) -> bool:
    """Payments from before intents, and some local methods, are charges and nothing else."""
    return payment_ref.startswith(("ch_", "py_"))


def read_refund(raw: Raw, *, livemode: bool) -> GatewayRefund:
    """One refund; whether it is live is not in it. Raises Unreadable."""
    with reading(f"refund {raw.get('id')}"):
        charge = raw["charge"] if isinstance(raw.get("charge"), dict) else {}
        return GatewayRefund(
            state=STATES.get(str(raw["status"]), RefundSeen.PENDING),
            refund_ref=named(raw["id"]),
            payment_ref=name_of(raw.get("payment_intent")) or name_of(raw["charge"]),
            amount=money_of(raw["amount"], raw["currency"]),
            livemode=livemode,
            reference=our_reference(raw) or our_reference(charge),
            refund_id=_refund_id(raw),
            failure=_failure(raw),
            settled=settled_of(raw),
            created_at=unix_moment(raw.get("created")),
        )


def _failure(raw: Raw) -> str:
    if STATES.get(str(raw["status"])) is not RefundSeen.FAILED:
        return ""
    return said(raw.get("failure_reason") or raw["status"])


def _refund_id(raw: Raw) -> UUID | None:
    return our_id((raw.get("metadata") or {}).get(REFUND_KEY))
