"""Our adapter with the rehearsal behind it, no database: what a payment, a dispute, an event is."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from core.money import Money
from payments.gateways.interface import GatewayRefund, News, RefundRequest, Start
from payments.gateways.stripe.adapter import StripeGateway
from payments.tests.house import wrapped
from rehearsal.client import Rehearsal


class StripeSide:
    """A shop that has no tables."""

    def __init__(self, stripe: Rehearsal) -> None:
        self.stripe = stripe
        self.gateway = StripeGateway.from_settings()

    def start(self, amount: Money, **changes: Any) -> Start:
        """What our attempt would ask for."""
        attempt = uuid4()
        wanted: dict[str, Any] = {
            "attempt_id": attempt,
            "reference": f"tw-{attempt.hex[:12]}",
            "idempotency_key": f"attempt:{attempt}:create",
            "amount": amount,
            "description": "Two books",
            "email": "amina@example.com",
            "success_url": "http://shop.test/thanks",
            "cancel_url": "http://shop.test/cart",
            "expires_at": datetime.now(UTC) + timedelta(hours=1),
        }
        return Start(**(wanted | changes))

    def paid(self, amount: Money | None = None) -> tuple[Start, str]:
        """A payment that was paid, and Stripe's name for its money."""
        start = self.start(Money(4250, "EUR") if amount is None else amount)
        session = self.stripe.pay(self.gateway.start(start).gateway_ref)
        return start, str(session["payment_intent"])

    def refund(self, start: Start, intent: str, amount: Money, **changes: Any) -> GatewayRefund:
        """Give some of it back, as a refund row of ours would."""
        row: UUID = changes.pop("refund_id", uuid4())
        wanted: dict[str, Any] = {
            "refund_id": row,
            "idempotency_key": f"refund:{row}",
            "payment_ref": intent,
            "reference": start.reference,
            "amount": amount,
        }
        return self.gateway.refund(RefundRequest(**(wanted | changes)))

    def api(self, method: str, path: str, **form: Any) -> dict[str, Any]:
        """A call that somebody makes in Stripe's dashboard."""
        answer = self.stripe.http.request(
            method, f"/stripe/v1/{path}", data=form or None, auth=("sk_test_x", "")
        )
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Stripe's events of one type, oldest first."""
        return list(reversed(self.api("GET", f"events?limit=100&type={kind}")["data"]))

    def hears(self, kind: str, *, last: bool = True) -> list[News]:
        """What our adapter makes of Stripe's last (or first) event of this type, asked now."""
        event = self.told(kind)[-1 if last else 0]
        return self.gateway.interpret(kind=kind, body=json.dumps(event).encode())

    def hears_of(self, kind: str, about: dict[str, Any]) -> list[News]:
        """The same of an event with any object in it."""
        return self.gateway.interpret(kind=kind, body=wrapped(kind, about))

    def subscribed(self, unit_amount: int = 2900) -> dict[str, Any]:
        """Somebody has a subscription: a completed session of the mode that is not ours."""
        product = self.api("POST", "products", name="Pro")["id"]
        price = self.api(
            "POST", "prices",
            **{"product": product, "currency": "eur", "unit_amount": str(unit_amount),
               "recurring[interval]": "month"},
        )["id"]  # fmt: skip
        session = self.api(
            "POST", "checkout/sessions",
            **{"mode": "subscription", "success_url": "http://shop.test/",
               "customer_email": "amina@example.com", "client_reference_id": str(uuid4()),
               "line_items[0][price]": price, "line_items[0][quantity]": "1"},
        )  # fmt: skip
        return self.stripe.pay(session["id"])
