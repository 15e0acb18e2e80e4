"""Charges: money taken from a card, or refused by its bank."""

from __future__ import annotations

from typing import Any

from rehearsal.stripe.book import StripeObject, blank, new_id

DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "doc_url": "https://docs.stripe.com/error-codes/card-declined",
    "message": "Your card was declined.",
    "type": "card_error",
}


def new_charge(intent: StripeObject, payer: dict[str, Any], base_url: str) -> StripeObject:
    """A captured charge for the whole intent; `payer` is the session's `customer_details`."""
    charge_id = new_id("charge")
    charge = blank(
        "charge",
        id=charge_id,
        amount=intent["amount"],
        amount_captured=intent["amount"],
        captured=True,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=new_id("payment_method"),
        receipt_email=intent["receipt_email"],
        receipt_url=f"{base_url}/stripe/receipts/{charge_id}",
    )
    charge["billing_details"].update(email=payer["email"], name=payer["name"])
    return charge


def decline_charge(charge: StripeObject) -> None:
    """Turn a fresh charge into one that the bank refused."""
    charge.update(
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        failure_code=DECLINED["code"],
        failure_message=DECLINED["message"],
        receipt_url=None,
        outcome={
            **charge["outcome"],
            "network_status": "declined_by_network",
            "reason": "generic_decline",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        },
    )
