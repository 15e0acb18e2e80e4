"""What happens to a Checkout Session: it is paid, declined, promised, or runs out.

Every function changes the book and emits the events Stripe would. Nothing here knows HTTP.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from rehearsal.stripe.balance import balance_line
from rehearsal.stripe.book import Book, StripeObject, blank, new_id
from rehearsal.stripe.charges import DECLINED, decline_charge, new_charge
from rehearsal.stripe.endings import Endings
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.invoices import Invoices
from rehearsal.stripe.subscribing import Subscribing
from rehearsal.stripe.subscriptions import Subscriptions
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events


class Payments:
    """The happenings, with the book they change and the events they cause."""

    def __init__(self, book: Book, events: Events, base_url: str) -> None:
        self.book = book
        self.events = events
        self.base_url = base_url
        self.subscriptions = Subscriptions(book, events, Invoices(book, events, base_url))
        self.endings = Endings(self.subscriptions)
        self.subscribing = Subscribing(book, events, self.subscriptions, base_url)
        self._next_look = 0.0

    def pay(self, session: StripeObject, *, email: str | None = None) -> StripeObject:
        """The customer pays. Paying again changes nothing. Returns the session."""
        if not self._still_open(session):
            return session
        if session["mode"] == "subscription":
            self.subscribing.pay(session, self._details(session, email))
            return session
        intent = self._intent_for(session)
        charge = self._capture(session, intent, email)
        self._complete(session, intent, email, payment_status="paid")
        self.events.emit("charge.succeeded", charge)
        self.events.emit("payment_intent.succeeded", intent)
        self.events.emit("checkout.session.completed", session)
        return session

    def decline(self, session: StripeObject, *, email: str | None = None) -> StripeObject:
        """The card is refused; the session stays open. Returns the session."""
        if not self._still_open(session):
            return session
        intent = self._intent_for(session)
        if session["mode"] == "subscription":
            self.subscribing.decline(session, intent, self._details(session, email))
            return session
        charge = self._refuse(session, intent, email)
        session["payment_intent"] = intent["id"]
        self.book.save(session)
        self.events.emit("charge.failed", charge)
        self.events.emit("payment_intent.payment_failed", intent)
        return session

    def promise(self, session: StripeObject, *, email: str | None = None) -> StripeObject:
        """A slow method, a bank transfer say: complete, but not paid before `arrive`."""
        if not self._still_open(session):
            return session
        if session["mode"] == "subscription":
            raise StripeRefusal("The rehearsal knows no slow methods for subscriptions.")
        intent = self._intent_for(session)
        intent["status"] = "processing"
        self.book.save(intent)
        self._complete(session, intent, email, payment_status="unpaid")
        self.events.emit("payment_intent.processing", intent)
        self.events.emit("checkout.session.completed", session)
        return session

    def arrive(self, session: StripeObject) -> StripeObject:
        """The promised money is there."""
        intent = self._promised(session)
        charge = self._capture(session, intent, None)
        session["payment_status"] = "paid"
        self.book.save(session)
        self.events.emit("charge.succeeded", charge)
        self.events.emit("payment_intent.succeeded", intent)
        self.events.emit("checkout.session.async_payment_succeeded", session)
        return session

    def bounce(self, session: StripeObject) -> StripeObject:
        """The promised money will not come."""
        intent = self._promised(session)
        charge = self._refuse(session, intent, None)
        self.events.emit("charge.failed", charge)
        self.events.emit("payment_intent.payment_failed", intent)
        self.events.emit("checkout.session.async_payment_failed", session)
        return session

    def expire(self, session: StripeObject, *, cause: Cause = NO_REQUEST) -> StripeObject:
        """Close an open session for good; refuses sessions that are not open."""
        if session["status"] != "open":
            raise StripeRefusal(
                f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
                f"Session has a status of {session['status']}."
            )
        session.update(status="expired", url=None)
        self.book.save(session)
        self.events.emit("checkout.session.expired", session, cause=cause)
        return session

    def expire_due(self) -> None:
        """Expire every open session whose time is over; looks at most once a second."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + 1
        for session in list(self.book.where("checkout.session", status="open")):
            self._expire_if_due(session)

    def _still_open(self, session: StripeObject) -> bool:
        self._expire_if_due(session)
        return bool(session["status"] == "open")

    def _promised(self, session: StripeObject) -> StripeObject:
        if session["status"] == "complete" and session["payment_status"] == "unpaid":
            intent = self.book.get("payment_intent", session["payment_intent"])
            if intent["status"] == "processing":
                return intent
        raise StripeRefusal("Nothing was promised for this session, or it has come already.")

    def _complete(
        self, session: StripeObject, intent: StripeObject, email: str | None, payment_status: str
    ) -> None:
        session.update(
            status="complete",
            payment_status=payment_status,
            url=None,
            payment_intent=intent["id"],
            customer_details=self._details(session, email),
        )
        self.book.save(session)

    def _capture(
        self, session: StripeObject, intent: StripeObject, email: str | None
    ) -> StripeObject:
        """The money comes in: charge, fee, and an intent that has succeeded."""
        charge = new_charge(intent, self._details(session, email), self.base_url)
        balance = balance_line(self.book, charge, kind="charge", amount=charge["amount"])
        charge["balance_transaction"] = balance["id"]
        intent.update(
            status="succeeded",
            amount_received=intent["amount"],
            latest_charge=charge["id"],
            payment_method=charge["payment_method"],
            last_payment_error=None,
        )
        self.book.save(balance, charge, intent)
        return charge

    def _refuse(
        self, session: StripeObject, intent: StripeObject, email: str | None
    ) -> StripeObject:
        """The bank says no: a failed charge, and an intent that waits for another method."""
        charge = new_charge(intent, self._details(session, email), self.base_url)
        decline_charge(charge)
        intent.update(
            status="requires_payment_method",
            latest_charge=charge["id"],
            last_payment_error={**DECLINED, "charge": charge["id"]},
        )
        self.book.save(charge, intent)
        return charge

    def _expire_if_due(self, session: StripeObject) -> None:
        if session["status"] == "open" and session["expires_at"] <= time.time():
            self.expire(session)

    def _intent_for(self, session: StripeObject) -> StripeObject:
        """The session's PaymentIntent, made at the first try to pay."""
        if session["payment_intent"]:
            return self.book.get("payment_intent", session["payment_intent"])
        facts = self.book.private.get(session["id"], {}).get("payment_intent_data", {})
        intent_id = new_id("payment_intent")
        return blank(
            "payment_intent",
            id=intent_id,
            amount=session["amount_total"],
            currency=session["currency"],
            customer=session["customer"],
            client_secret=f"{intent_id}_secret_{secrets.token_urlsafe(18)}",
            metadata=dict(facts.get("metadata") or {}),
            description=facts.get("description"),
            receipt_email=facts.get("receipt_email"),
            statement_descriptor=facts.get("statement_descriptor"),
            statement_descriptor_suffix=facts.get("statement_descriptor_suffix"),
            transfer_group=facts.get("transfer_group"),
        )

    def _details(self, session: StripeObject, email: str | None) -> dict[str, Any]:
        """`customer_details`: from the page, the session or the customer, in this order."""
        known: dict[str, Any] = {}
        if session["customer"]:
            known = self.book.tables.get("customer", {}).get(session["customer"], {})
        return {
            "address": known.get("address"),
            "business_name": None,
            "email": email or session["customer_email"] or known.get("email"),
            "individual_name": None,
            "name": known.get("name"),
            "phone": known.get("phone"),
            "tax_exempt": "none",
            "tax_ids": [],
        }
