"""How subscriptions end: cancelled now or later, not paid for, never begun."""

from __future__ import annotations

import time
from typing import Any

from rehearsal.stripe.book import StripeObject
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.subscription_parts import must_live, period_of
from rehearsal.stripe.subscriptions import Subscriptions
from rehearsal.stripe.webhooks import NO_REQUEST, Cause

GIVEN_UP = ("canceled", "unpaid", "past_due")


class Endings:
    """The happenings at and after the end of a period."""

    def __init__(self, there: Subscriptions) -> None:
        self.there = there

    def advance(self, subscription: StripeObject) -> StripeObject:
        """The period ends: it ends too if it was cancelled, else it goes on and has to be paid."""
        must_live(subscription)
        if subscription["cancel_at_period_end"]:
            return self.end(subscription)
        if subscription["status"] == "trialing":
            return self.there.end_trial(subscription, at=subscription["trial_end"])
        return self.there.renew(subscription)

    def fail(
        self, subscription: StripeObject, *, last: bool = False, then: str = "canceled"
    ) -> StripeObject:
        """The renewal, or one more try to collect it, fails. After the last try `then`."""
        if then not in GIVEN_UP:
            raise StripeRefusal(f"then is one of {', '.join(GIVEN_UP)}.")
        must_live(subscription)
        invoice = self.there.invoices.open_of(subscription)
        if invoice is not None:
            self.there.collect(subscription, invoice, NO_REQUEST, works=False)
        elif subscription["status"] == "trialing":
            self.there.end_trial(subscription, at=subscription["trial_end"], works=False)
        else:
            self.there.renew(subscription, works=False)
        invoice = self.there.invoices.open_of(subscription)
        if invoice is not None and (last or invoice["next_payment_attempt"] is None):
            self.there.invoices.stop_trying(invoice)
            if then == "canceled":
                return self.end(subscription, reason="payment_failed")
            self.there.changed(subscription, status=then)
        return subscription

    def expire(self, subscription: StripeObject) -> StripeObject:
        """The first invoice was not paid within a day: it never began."""
        if subscription["status"] != "incomplete":
            raise StripeRefusal(f"Subscription {subscription['id']} is not incomplete.")
        invoice = self.there.invoices.open_of(subscription)
        if invoice is not None:
            self.there.invoices.give_up(invoice, "void")
        self.there.changed(subscription, status="incomplete_expired", ended_at=int(time.time()))
        return subscription

    def end(
        self,
        subscription: StripeObject,
        *,
        reason: str = "cancellation_requested",
        details: dict[str, Any] | None = None,
        cause: Cause = NO_REQUEST,
    ) -> StripeObject:
        """Over, now."""
        must_live(subscription)
        now = int(time.time())
        subscription.update(
            status="canceled", ended_at=now, canceled_at=subscription["canceled_at"] or now
        )
        subscription["cancellation_details"].update({"reason": reason, **(details or {})})
        self.there.book.save(subscription)
        self.there.events.emit("customer.subscription.deleted", subscription, cause=cause)
        return subscription

    def end_later(
        self,
        subscription: StripeObject,
        wanted: bool,
        *,
        details: dict[str, Any] | None = None,
        cause: Cause = NO_REQUEST,
    ) -> None:
        """`cancel_at_period_end`, on or off."""
        reason = "cancellation_requested" if wanted else None
        self.there.changed(
            subscription,
            cause=cause,
            cancel_at_period_end=wanted,
            cancel_at=period_of(subscription)[1] if wanted else None,
            canceled_at=int(time.time()) if wanted else None,
            cancellation_details={
                **subscription["cancellation_details"], "reason": reason, **(details or {}),
            },
        )  # fmt: skip
