"""The life of a subscription: begun, on trial, renewed, paid late. How it ends is in endings.py.

Time does not pass here: the next period begins where the last one ended, whatever the clock says.
`shift` moves a subscription's whole life into the past.
"""

from __future__ import annotations

import copy
import time
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.invoices import Invoices, invoice_line
from rehearsal.stripe.periods import DAY
from rehearsal.stripe.subscription_parts import (
    Period,
    end_of,
    must_live,
    new_item,
    period_of,
    set_period,
)
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events

WARNED_BEFORE = 3 * DAY  # seconds before a trial's end that trial_will_end is sent


class Subscriptions:
    """The happenings, with the book they change and the events they cause."""

    def __init__(self, book: Book, events: Events, invoices: Invoices) -> None:
        self.book = book
        self.events = events
        self.invoices = invoices

    def start(
        self,
        customer: StripeObject,
        wanted: list[tuple[StripeObject, int]],
        *,
        trial_days: int = 0,
        trial_end: int = 0,
        metadata: dict[str, str] | None = None,
        wait: bool = False,
        cause: Cause = NO_REQUEST,
    ) -> StripeObject:
        """A new subscription to (price, quantity)s with its first invoice.

        `wait`: the first invoice is left open, as with payment_behavior=default_incomplete.
        """
        now = int(time.time())
        trial_end = trial_end or (now + trial_days * DAY if trial_days else 0)
        price = wanted[0][0]
        period = (now, trial_end or end_of(price, now, anchor=now))
        subscription = blank(
            "subscription",
            billing_cycle_anchor=trial_end or now,
            currency=price["currency"],
            customer=customer["id"],
            metadata=dict(metadata or {}),
            start_date=now,
            status="trialing" if trial_end else "incomplete",
            trial_start=now if trial_end else None,
            trial_end=trial_end or None,
        )
        here = subscription["items"]
        here["url"] = f"/v1/subscription_items?subscription={subscription['id']}"
        here["data"] = [new_item(subscription, *one, period) for one in wanted]
        self.book.save(subscription)
        self.events.emit("customer.subscription.created", subscription, cause=cause)
        if trial_end and trial_end - now <= WARNED_BEFORE:
            self.events.emit("customer.subscription.trial_will_end", subscription)
        invoice = self.invoices.make(
            subscription,
            self._lines(subscription, free=bool(trial_end)),
            reason="subscription_create",
            period=(now, now),
            cause=cause,
        )
        if not (wait and invoice["amount_due"]):
            self.collect(subscription, invoice, cause)
        return subscription

    def renew(self, subscription: StripeObject, *, works: bool | None = None) -> StripeObject:
        """The next period with its invoice, paid if the card works."""
        must_live(subscription)
        if self.invoices.open_of(subscription):
            raise StripeRefusal("The last invoice is not paid: recover it or let it fail.")
        old = period_of(subscription)
        return self._next_period(subscription, old, old[1], works=works)

    def end_trial(
        self, subscription: StripeObject, *, at: int = 0, works: bool | None = None
    ) -> StripeObject:
        """The trial is over (now, unless `at`): the first period that costs something."""
        if subscription["status"] != "trialing":
            raise StripeRefusal(f"Subscription {subscription['id']} is not on trial.")
        at = at or int(time.time())
        subscription.update(trial_end=at, billing_cycle_anchor=at)
        old = (subscription["trial_start"], at)
        return self._next_period(subscription, old, at, works=works)

    def recover(self, subscription: StripeObject, *, cause: Cause = NO_REQUEST) -> StripeObject:
        """The open invoice is paid after all."""
        invoice = self.invoices.open_of(subscription)
        if invoice is None:
            raise StripeRefusal("There is no open invoice.")
        self.collect(subscription, invoice, cause, works=True)
        return subscription

    def shift(self, subscription: StripeObject, seconds: int) -> StripeObject:
        """Everything of it happened (or will happen) `seconds` later; negative: earlier."""
        names = ("billing_cycle_anchor", "start_date", "trial_start", "trial_end", "cancel_at")
        moved = {n: subscription[n] + seconds for n in names if subscription[n]}
        before = copy.deepcopy(subscription["items"])
        for item in subscription["items"]["data"]:
            item["current_period_start"] += seconds
            item["current_period_end"] += seconds
        self.changed(subscription, before={"items": before}, **moved)
        return subscription

    def changed(
        self,
        subscription: StripeObject,
        *,
        before: dict[str, Any] | None = None,
        cause: Cause = NO_REQUEST,
        **values: Any,
    ) -> None:
        """Change it and say so, with what was there before."""
        previous = {n: subscription[n] for n, v in values.items() if subscription[n] != v}
        subscription.update(values)
        self.book.save(subscription)
        if previous or before:
            self.events.emit(
                "customer.subscription.updated",
                subscription,
                previous={**(before or {}), **previous},
                cause=cause,
            )

    def card_works(self, customer_id: str) -> bool:
        """Whether the customer's bank pays; everybody's does until told otherwise."""
        return bool(self.book.private.get(customer_id, {}).get("card_works", True))

    def _next_period(
        self, subscription: StripeObject, old: Period, start: int, *, works: bool | None
    ) -> StripeObject:
        price = subscription["items"]["data"][0]["price"]
        anchor = subscription["billing_cycle_anchor"]
        before = {"items": copy.deepcopy(subscription["items"])}
        set_period(subscription, (start, end_of(price, start, anchor=anchor)))
        status = "active" if subscription["status"] == "trialing" else subscription["status"]
        self.changed(subscription, before=before, status=status)
        invoice = self.invoices.make(
            subscription,
            [*self.take_pending(subscription), *self._lines(subscription)],  # in Stripe's order
            reason="subscription_cycle",
            period=old,
        )
        self.collect(subscription, invoice, NO_REQUEST, works=works)
        return subscription

    def collect(
        self,
        subscription: StripeObject,
        invoice: StripeObject,
        cause: Cause,
        *,
        works: bool | None = None,
    ) -> None:
        """Try to have it paid, and what that makes of the subscription."""
        if works is None:
            works = self.card_works(subscription["customer"])
        paid = self.invoices.charge(invoice, works=works, cause=cause)
        status = subscription["status"]
        if paid and status in ("incomplete", "past_due", "unpaid"):
            self.changed(subscription, cause=cause, status="active")
        elif not paid and status == "active":
            self.changed(subscription, cause=cause, status="past_due")

    def take_pending(self, subscription: StripeObject) -> list[StripeObject]:
        """Prorations that wait for the next invoice."""
        lines: list[StripeObject] = self.book.private.get(subscription["id"], {}).get("pending", [])
        if lines:
            self.book.save_private(subscription["id"], pending=[])
        return lines

    def _lines(self, subscription: StripeObject, *, free: bool = False) -> list[StripeObject]:
        return [
            invoice_line(
                subscription,
                item,
                item["price"],
                amount=0 if free else item["price"]["unit_amount"] * item["quantity"],
                period=period_of(subscription),
                description="Trial period" if free else "",
            )
            for item in subscription["items"]["data"]
        ]
