"""What tests of this floor do over and over: open, pay, deliver webhooks, let workers work."""

import json
import time
from typing import Any
from uuid import uuid4

import stripe
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from core.enums import Queue
from core.events.worker import work_off
from core.money import Money
from payments.models import LedgerTransaction, Payment, PaymentAttempt
from payments.services.start import open_payment, submit_payment
from rehearsal.testing import RunningRehearsal


def signed(body: bytes, secret: str, *, at: float | None = None) -> dict[str, str]:
    """The headers Stripe would send, made by Stripe's own library."""
    header = stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, timestamp=int(at if at is not None else time.time())
    )
    return {"Stripe-Signature": header, "User-Agent": "Stripe/1.0"}


def wrapped(kind: str, about: dict[str, Any], **envelope: Any) -> bytes:
    """A snapshot event around an object, as Stripe sends it."""
    event = {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    return json.dumps(event | envelope, indent=2).encode()


def amount_eur(text: str = "42.50") -> Money:
    return Money.parse(text, "EUR")


class House:
    """Tradewind in this process, Stripe in the rehearsal's."""

    def __init__(self, running: RunningRehearsal, http: Client) -> None:
        self.running = running
        self.stripe = running.client
        self.http = http
        self.secret = running.webhook_secret
        self._delivered: set[str] = set()

    def opened(self, amount: Money | None = None, **more: Any) -> Payment:
        """A pending payment."""
        wanted = {
            "purpose": "order",
            "purpose_id": uuid4(),
            "email": "amina@example.com",
            "amount": amount_eur() if amount is None else amount,
            "gateway": "stripe",
        }
        return open_payment(**(wanted | more))

    def submitted(self, amount: Money | None = None, **more: Any) -> Payment:
        """A payment with its page at Stripe."""
        return submit_payment(payment_id=self.opened(amount, **more).pk)

    def session_of(self, payment: Payment) -> str:
        """The id of its Checkout Session."""
        with transaction.atomic():
            ref = payment.attempts.order_by("-id").values_list("gateway_ref", flat=True)[0]
        assert ref is not None
        return str(ref)

    def events(self) -> list[dict[str, Any]]:
        """What Stripe has to tell, oldest first."""
        answer = self.stripe.http.get(
            "/stripe/v1/events", params={"limit": 100}, auth=("sk_test_x", "")
        )
        return list(reversed(answer.json()["data"]))

    def post(self, body: bytes, **headers: str) -> HttpResponse:
        """One webhook, signed unless headers say otherwise."""
        sent = headers or signed(body, self.secret)
        return self.http.post(
            "/webhooks/stripe/", body, content_type="application/json", headers=sent
        )

    def deliver(self) -> list[int]:
        """Post every event that was not posted yet; the statuses."""
        statuses = []
        for event in self.events():
            if event["id"] not in self._delivered:
                self._delivered.add(event["id"])
                statuses.append(self.post(json.dumps(event).encode()).status_code)
        return statuses

    def lose(self) -> None:
        """What Stripe has told up to now never arrives."""
        self._delivered |= {event["id"] for event in self.events()}

    def work(self) -> None:
        """Let the workers do what is due."""
        for queue in (Queue.MONEY, Queue.DEFAULT, Queue.BULK):
            work_off(queue)

    def paid(self, amount: Money | None = None, **more: Any) -> Payment:
        """A payment that went the whole way."""
        payment = self.submitted(amount, **more)
        self.stripe.pay(self.session_of(payment))
        self.deliver()
        self.work()
        payment.refresh_from_db()
        return payment


def booked(payment: Payment, kind: str = "payment") -> int:
    """How often the payment stands in the books."""
    return LedgerTransaction.objects.filter(payment_id=payment.pk, kind=kind).count()


def attempt_of(payment: Payment) -> PaymentAttempt:
    """Its latest attempt."""
    return payment.attempts.order_by("-id")[0]
