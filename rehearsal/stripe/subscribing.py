"""Completing a Checkout Session with mode=subscription: customer, subscription, invoice."""

from __future__ import annotations

from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.charges import DECLINED, decline_charge, new_charge
from rehearsal.stripe.subscriptions import Subscriptions
from rehearsal.stripe.webhooks import Events


class Subscribing:
    """The customer's choices on the page of a new subscription."""

    def __init__(
        self, book: Book, events: Events, subscriptions: Subscriptions, base_url: str
    ) -> None:
        self.book = book
        self.events = events
        self.subscriptions = subscriptions
        self.base_url = base_url

    def pay(self, session: StripeObject, payer: dict[str, Any]) -> None:
        """Subscribe, or start the trial. `payer` is the session's `customer_details`."""
        customer = self._customer(session, payer)
        facts = self.book.private.get(session["id"], {})
        data = facts.get("subscription_data") or {}
        subscription = self.subscriptions.start(
            customer,
            [
                (self.book.get("price", item["price"]["id"]), item["quantity"])
                for item in facts["line_items"]
            ],
            trial_days=int(data.get("trial_period_days") or 0),
            trial_end=int(data.get("trial_end") or 0),
            metadata=data.get("metadata"),
        )
        session.update(
            status="complete",
            payment_status="paid" if session["amount_total"] else "no_payment_required",
            url=None,
            customer=customer["id"],
            customer_details={**payer, "email": payer["email"] or customer["email"]},
            invoice=subscription["latest_invoice"],
            subscription=subscription["id"],
        )
        self.book.save(session)
        self.events.emit("checkout.session.completed", session)

    def decline(self, session: StripeObject, intent: StripeObject, payer: dict[str, Any]) -> None:
        """The bank refuses: nothing is made but a failed charge, and the page stays open."""
        if not session["amount_total"]:
            return
        charge = new_charge(intent, payer, self.base_url)
        decline_charge(charge)
        intent.update(
            status="requires_payment_method",
            latest_charge=charge["id"],
            last_payment_error={**DECLINED, "charge": charge["id"]},
        )
        self.book.save(charge, intent)
        self.events.emit("charge.failed", charge)
        self.events.emit("payment_intent.payment_failed", intent)

    def _customer(self, session: StripeObject, payer: dict[str, Any]) -> StripeObject:
        if session["customer"]:
            return self.book.get("customer", session["customer"])
        customer = blank("customer", email=payer["email"], name=payer["name"])
        customer["invoice_prefix"] = customer["id"][-8:].upper()
        self.book.save(customer)
        self.events.emit("customer.created", customer)
        return customer
