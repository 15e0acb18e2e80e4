"""What tests of the reconciliation do over and over."""

from typing import Any

import stripe

from payments.models import Difference, Payment
from payments.tests.house import House


def foreign_charge(house: House, minor: int = 999, currency: str = "eur") -> str:
    """Somebody else takes money through our Stripe account; the name of the money."""
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": house.running.stripe_base})
    session = client.v1.checkout.sessions.create(
        params={
            "mode": "payment",
            "success_url": "https://elsewhere.example.com/",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": currency,
                        "unit_amount": minor,
                        "product_data": {"name": "Not ours"},
                    },
                }
            ],
        }
    )
    paid: dict[str, Any] = house.stripe.pay(session.id)
    return str(paid["payment_intent"])


def paid_unheard(house: House, **more: Any) -> Payment:
    """A payment that Stripe took the money for, and every webhook of it was lost."""
    payment = house.submitted(**more)
    house.stripe.pay(house.session_of(payment))
    house.lose()
    return payment


def money_of(payment: Payment) -> str:
    """What the gateway calls its money."""
    refs = payment.attempts.values_list("gateway_payment_ref", flat=True)
    return next(ref for ref in refs if ref)


def found() -> set[tuple[str, str, str]]:
    """(kind, name, state) of every difference."""
    return set(Difference.objects.values_list("kind", "ref", "state"))


def refund_there(house: House, money: str, minor: int) -> str:
    """Somebody gives money back in Stripe's dashboard; the name of the refund."""
    answer = house.stripe.http.post(
        "/stripe/v1/refunds",
        data={"payment_intent": money, "amount": str(minor)},
        auth=("sk_test_x", ""),
    )
    return str(answer.raise_for_status().json()["id"])
