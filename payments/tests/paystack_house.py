"""What the tests of Paystack do over and over: open, pay, deliver signed bodies, work."""

import hashlib
import hmac
import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from core.money import Money
from payments.models import Payment
from payments.tests.house import House
from rehearsal.testing import RunningRehearsal

KEY = "sk_test_the_newest"


def signed(body: bytes, key: str = KEY) -> dict[str, str]:
    """The headers Paystack would send."""
    digest = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
    return {"x-paystack-signature": digest, "User-Agent": "Paystack/2.0"}


def told(event: str, data: Any, **style: Any) -> bytes:
    """An event's body."""
    return json.dumps({"event": event, "data": data}, **style).encode()


def naira(text: str = "4250.00") -> Money:
    return Money.parse(text, "NGN")


class PaystackHouse(House):
    """Tradewind in this process, Paystack in the rehearsal's."""

    def __init__(self, running: RunningRehearsal, http: Client) -> None:
        super().__init__(running, http)
        self.there = running.client

    def opened(self, amount: Money | None = None, **more: Any) -> Payment:
        """A pending payment."""
        return super().opened(amount or naira(), **({"gateway": "paystack"} | more))

    def page_of(self, payment: Payment) -> str:
        """What its latest page is called at Paystack."""
        return self.session_of(payment)

    def api(self, path: str, **query: Any) -> Any:
        """What Paystack's API shows."""
        answer = self.there.http.get(
            f"/paystack{path}", params=query, headers={"Authorization": f"Bearer {KEY}"}
        )
        return answer.json()["data"]

    def transaction(self, payment: Payment) -> dict[str, Any]:
        """The transaction as Paystack shows it."""
        found: dict[str, Any] = self.api(f"/transaction/verify/{self.page_of(payment)}")
        return found

    def post(self, body: bytes, **headers: str) -> HttpResponse:
        """One webhook, signed unless headers say otherwise."""
        return self.http.post(
            "/webhooks/paystack/",
            body,
            content_type="application/json",
            headers=headers or signed(body),
        )

    def hear(self, event: str, data: Any, **style: Any) -> int:
        """Deliver one event and let the workers work; the status of the delivery."""
        status: int = self.post(told(event, data, **style)).status_code
        self.work()
        return status

    def paid(self, amount: Money | None = None, **more: Any) -> Payment:
        """A payment that went the whole way."""
        payment = self.submitted(amount, **more)
        self.there.paystack(self.page_of(payment))
        self.hear("charge.success", self.transaction(payment))
        payment.refresh_from_db()
        return payment

    def requests(self, method: str, path: str) -> int:
        """How many calls of this kind Paystack has had."""
        return sum(
            call["method"] == method and call["path"].startswith(path)
            for call in self.there.paystack_requests()
        )
