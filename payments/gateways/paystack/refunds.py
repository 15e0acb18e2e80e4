"""Paystack's refunds in our words, and how one is made only once."""

from dataclasses import replace
from typing import Any

from payments.gateways.bank_details import BankAccount
from payments.gateways.interface import (
    GatewayPayment,
    GatewayRefund,
    RefundRequest,
    RefundSeen,
)
from payments.gateways.minor_units import to_gateway
from payments.gateways.paystack.client import PaystackClient
from payments.gateways.paystack.reading import answered, guarded, is_live, moment, money, number_of
from payments.gateways.paystack.words import reference_in, refund_in, refund_note
from payments.gateways.reading import Raw, named, word

# Reversed: the refund itself was taken back, the money is with the shop again.
STATES = {
    "pending": RefundSeen.PENDING,
    "processing": RefundSeen.PENDING,
    "processed": RefundSeen.SUCCEEDED,
    "failed": RefundSeen.FAILED,
    "reversed": RefundSeen.FAILED,
    "needs-attention": RefundSeen.NEEDS_ATTENTION,
}


def read_refund(raw: Any) -> GatewayRefund:
    """A refund as the API shows it. Raises Unreadable."""
    return guarded(_refund, raw)


def _refund(raw: Raw) -> GatewayRefund:
    status = named(raw["status"])
    state = STATES.get(status, RefundSeen.PENDING)  # nothing is claimed of a state we do not know
    of = raw["transaction"]
    page = of.get("reference") if isinstance(of, dict) else raw.get("transaction_reference")
    return GatewayRefund(
        state=state,
        refund_ref=number_of(raw["id"]),
        payment_ref=number_of(of["id"] if isinstance(of, dict) else of),
        reference=reference_in(word(page)),
        refund_id=refund_in(str(raw.get("merchant_note") or "")),
        amount=money(raw["amount"], raw["currency"]),
        livemode=is_live(raw["domain"]),
        failure=status if state in (RefundSeen.FAILED, RefundSeen.NEEDS_ATTENTION) else "",
        created_at=moment(raw.get("createdAt") or raw.get("created_at")),
    )


def refunds_of(client: PaystackClient, payment_ref: str) -> list[GatewayRefund]:
    """All refunds of one transaction. Each is looked at: a filter that Paystack does not know
    is one that it ignores."""
    rows = client.listed("/refund", {"transaction": payment_ref})
    seen = [answered(read_refund, row) for row in rows]
    return [refund for refund in seen if refund.payment_ref == payment_ref]


def refund_once(client: PaystackClient, request: RefundRequest) -> GatewayRefund:
    """The refund we asked for before, else a new one. Paystack has no keys: our refund's id in
    its note is what tells a repeated request from a second refund."""
    for known in refunds_of(client, request.payment_ref):
        if known.refund_id == request.refund_id:
            return known
    made = client.post(
        "/refund",
        {
            "transaction": request.payment_ref,
            "amount": to_gateway("paystack", request.amount),
            "currency": request.amount.currency,
            "merchant_note": refund_note(request.refund_id, request.reason),
            "customer_note": f"Refund of {request.reference}",
        },
    )
    return answered(read_refund, made)


def send_to_account(
    client: PaystackClient, refund_ref: str, currency: str, account: BankAccount
) -> None:
    """Paystack takes the details once, of a refund in needs-attention, and says 422 otherwise."""
    client.post(
        f"/refund/retry_with_customer_details/{refund_ref}",
        {
            "refund_account_details": {
                "currency": currency,
                "account_number": account.number,
                "bank_id": account.bank_id,
            }
        },
    )


def with_reference(refund: GatewayRefund, payment: GatewayPayment) -> GatewayRefund:
    """The refund with our reference, which lists do not always give back."""
    return refund if refund.reference else replace(refund, reference=payment.reference)
