"""Charges and the lines they leave on the account."""

from __future__ import annotations

import time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rehearsal.stripe.book import StripeObject, blank, new_id

FEE_SHARE = Decimal("0.029")
FEE_FIXED_MINOR = 30
AVAILABLE_AFTER = 2 * 24 * 3600  # seconds until money is paid out

DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "doc_url": "https://docs.stripe.com/error-codes/card-declined",
    "message": "Your card was declined.",
    "type": "card_error",
}


def fee_of(amount: int) -> int:
    """Stripe's fee in smallest units: 2.9 % (half up) and 30."""
    share = (FEE_SHARE * amount).to_integral_value(rounding=ROUND_HALF_UP)
    return int(share) + FEE_FIXED_MINOR


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


def balance_line(source: StripeObject, *, kind: str, amount: int) -> StripeObject:
    """The line of a charge or a refund; the fee is kept on charges and never given back."""
    fee = fee_of(amount) if kind == "charge" else 0
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return blank(
        "balance_transaction",
        amount=amount,
        currency=source["currency"],
        fee=fee,
        fee_details=details if fee else [],
        net=amount - fee,
        source=source["id"],
        type=kind,
        reporting_category=kind,
        available_on=int(time.time()) + AVAILABLE_AFTER,
    )
