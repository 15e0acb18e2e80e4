"""How Stripe is asked for a page: the parameters of a Checkout Session."""

from typing import Any

from payments.gateways.interface import Start
from payments.gateways.minor_units import to_gateway
from payments.gateways.stripe.words import ATTEMPT_KEY, REFERENCE_KEY

LONGEST_NAME = 200  # characters


def session_params(start: Start) -> dict[str, Any]:
    """Must not change between two tries of one attempt: Stripe compares."""
    metadata = {REFERENCE_KEY: start.reference, ATTEMPT_KEY: str(start.attempt_id)}
    name = (start.description or f"Payment {start.reference}")[:LONGEST_NAME]
    return {
        "mode": "payment",
        "client_reference_id": start.reference,
        "customer_email": start.email,
        "success_url": start.success_url,
        "cancel_url": start.cancel_url,
        "expires_at": int(start.expires_at.timestamp()),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": name},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": start.amount.currency.lower(),
                    "unit_amount": to_gateway("stripe", start.amount),
                    "product_data": {"name": name},
                },
            }
        ],
    }
