"""Tradewind in this process, Razorpay in the rehearsal's."""

import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from core.enums import Queue
from core.events.worker import work_off
from core.money import Money
from payments.models import Payment
from payments.services.start import open_payment, submit_payment
from rehearsal.testing import RunningRehearsal

KEY = ("rzp_test_rehearsal", "razorpay_rehearsal_not_a_secret")


def signed(body: bytes, secret: str, *, event_id: str = "") -> dict[str, str]:
    """The headers Razorpay would send: a signature over the body, an id over nothing."""
    return {
        "X-Razorpay-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "X-Razorpay-Event-Id": event_id or f"evt_{uuid4().hex[:14]}",
        "User-Agent": "Razorpay-Webhook/v1",
    }


def wrapped(event: str, *, account: str = "acc_Rehearsal00001", **entities: Any) -> bytes:
    """An event around entities, as Razorpay sends it."""
    return json.dumps(
        {
            "entity": "event",
            "account_id": account,
            "event": event,
            "contains": list(entities),
            "payload": {name: {"entity": one} for name, one in entities.items()},
            "created_at": int(time.time()),
        }
    ).encode()


def rupees(text: str = "499.00") -> Money:
    return Money.parse(text, "INR")


class RazorpayHouse:
    """The rehearsal keeps its webhooks back ("dropped"); tests post them when it suits."""

    def __init__(self, running: RunningRehearsal, http: Client, secret: str) -> None:
        self.running = running
        self.there = running.client
        self.http = http
        self.secret = secret
        self._delivered: set[str] = set()

    def opened(self, amount: Money | None = None, **more: Any) -> Payment:
        """A pending payment."""
        wanted = {
            "purpose": "order",
            "purpose_id": uuid4(),
            "email": "amina@example.com",
            "amount": rupees() if amount is None else amount,
            "gateway": "razorpay",
        }
        return open_payment(**(wanted | more))

    def submitted(self, amount: Money | None = None, **more: Any) -> Payment:
        """A payment with its link at Razorpay."""
        return submit_payment(payment_id=self.opened(amount, **more).pk)

    def link_of(self, payment: Payment) -> str:
        """The id of its payment link."""
        with transaction.atomic():
            ref = payment.attempts.order_by("-id").values_list("gateway_ref", flat=True)[0]
        assert ref is not None
        return str(ref)

    def money_of(self, payment: Payment) -> str:
        """The id of the payment at Razorpay that pays it."""
        with transaction.atomic():
            refs = payment.attempts.order_by("-id").values_list("gateway_payment_ref", flat=True)
            return str(refs[0])

    def api(self, path: str, **params: Any) -> Any:
        """GET from Razorpay itself."""
        answer = self.there.http.get(f"/razorpay/v1{path}", params=params, auth=KEY)
        assert answer.is_success, answer.text
        return answer.json()

    def links(self) -> list[dict[str, Any]]:
        """All links there are, newest first."""
        return list(self.api("/payment_links", count=100)["payment_links"])

    def waiting(self) -> list[dict[str, Any]]:
        """Webhooks not posted yet, oldest first."""
        return [
            one
            for one in self.there.deliveries(face="razorpay", body="1")
            if one["id"] not in self._delivered
        ]

    def body_of(self, event: str) -> bytes:
        """The latest webhook of this type."""
        found = self.there.deliveries(face="razorpay", type=event, body="1")
        return str(found[-1]["body"]).encode()

    def post(self, body: bytes, **headers: str) -> HttpResponse:
        """One webhook, signed unless headers say otherwise."""
        sent = headers or signed(body, self.secret)
        return self.http.post(
            "/webhooks/razorpay/", body, content_type="application/json", headers=sent
        )

    def deliver(self, *only: str) -> list[int]:
        """Post every webhook (of these types) that was not posted yet; the statuses."""
        statuses = []
        for one in self.waiting():
            if not only or one["type"] in only:
                self._delivered.add(one["id"])
                body = str(one["body"]).encode()
                event_id = one["headers"]["x-razorpay-event-id"]
                sent = signed(body, self.secret, event_id=event_id)
                statuses.append(self.post(body, **sent).status_code)
        return statuses

    def work(self) -> None:
        """Let the workers do what is due."""
        for queue in (Queue.MONEY, Queue.DEFAULT, Queue.BULK):
            work_off(queue)

    def told(self) -> None:
        """Deliver what waits, and act on it."""
        assert set(self.deliver()) <= {200}
        self.work()

    def paid(self, amount: Money | None = None, **more: Any) -> Payment:
        """A payment that went the whole way."""
        payment = self.submitted(amount, **more)
        self.there.link(self.link_of(payment), "pay")
        self.told()
        payment.refresh_from_db()
        return payment
