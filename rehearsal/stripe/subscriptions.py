"""The life of a subscription: begun, on trial, renewed, not paid, recovered, ended.

Time does not pass here: `advance` does what happens when a period ends, and the next period begins
where the last one ended. `shift` moves a subscription's whole life into the past.
"""

from __future__ import annotations

import copy
import time
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank, new_id
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.invoices import Invoices, invoice_line
from rehearsal.stripe.periods import DAY, period_end
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events

ENDED = ("canceled", "incomplete_expired")
GIVEN_UP = ("canceled", "unpaid", "past_due")
WARNED_BEFORE = 3 * DAY  # seconds before a trial's end that trial_will_end is sent
Period = tuple[int, int]


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
        period = (now, trial_end or _end_of(price, now, anchor=now))
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
        here["data"] = [_item(subscription, *one, period) for one in wanted]
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

    def advance(self, subscription: StripeObject) -> StripeObject:
        """The period ends: it ends too if it was cancelled, else it goes on and has to be paid."""
        _must_live(subscription)
        if subscription["cancel_at_period_end"]:
            return self.end(subscription)
        if subscription["status"] == "trialing":
            return self.end_trial(subscription, at=subscription["trial_end"])
        return self.renew(subscription)

    def renew(self, subscription: StripeObject, *, works: bool | None = None) -> StripeObject:
        """The next period with its invoice, paid if the card works."""
        _must_live(subscription)
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

    def fail(
        self, subscription: StripeObject, *, last: bool = False, then: str = "canceled"
    ) -> StripeObject:
        """The renewal, or one more try to collect it, fails. After the last try `then`."""
        if then not in GIVEN_UP:
            raise StripeRefusal(f"then is one of {', '.join(GIVEN_UP)}.")
        _must_live(subscription)
        invoice = self.invoices.open_of(subscription)
        if invoice is not None:
            self.collect(subscription, invoice, NO_REQUEST, works=False)
        elif subscription["status"] == "trialing":
            self.end_trial(subscription, at=subscription["trial_end"], works=False)
        else:
            self.renew(subscription, works=False)
        invoice = self.invoices.open_of(subscription)
        if invoice is not None and (last or invoice["next_payment_attempt"] is None):
            self.invoices.stop_trying(invoice)
            if then == "canceled":
                return self.end(subscription, reason="payment_failed")
            self.changed(subscription, status=then)
        return subscription

    def recover(self, subscription: StripeObject, *, cause: Cause = NO_REQUEST) -> StripeObject:
        """The open invoice is paid after all."""
        invoice = self.invoices.open_of(subscription)
        if invoice is None:
            raise StripeRefusal("There is no open invoice.")
        self.collect(subscription, invoice, cause, works=True)
        return subscription

    def expire(self, subscription: StripeObject) -> StripeObject:
        """The first invoice was not paid within a day: it never began."""
        if subscription["status"] != "incomplete":
            raise StripeRefusal(f"Subscription {subscription['id']} is not incomplete.")
        invoice = self.invoices.open_of(subscription)
        if invoice is not None:
            self.invoices.give_up(invoice, "void")
        self.changed(subscription, status="incomplete_expired", ended_at=int(time.time()))
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
        _must_live(subscription)
        now = int(time.time())
        subscription.update(
            status="canceled", ended_at=now, canceled_at=subscription["canceled_at"] or now
        )
        subscription["cancellation_details"].update({"reason": reason, **(details or {})})
        self.book.save(subscription)
        self.events.emit("customer.subscription.deleted", subscription, cause=cause)
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
        self.changed(
            subscription,
            cause=cause,
            cancel_at_period_end=wanted,
            cancel_at=period_of(subscription)[1] if wanted else None,
            canceled_at=int(time.time()) if wanted else None,
            cancellation_details={
                **subscription["cancellation_details"], "reason": reason, **(details or {}),
            },
        )  # fmt: skip

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
        set_period(subscription, (start, _end_of(price, start, anchor=anchor)))
        status = "active" if subscription["status"] == "trialing" else subscription["status"]
        self.changed(subscription, before=before, status=status)
        invoice = self.invoices.make(
            subscription,
            [*self._lines(subscription), *self.take_pending(subscription)],
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


def period_of(subscription: StripeObject) -> Period:
    """The time paid for now; Stripe keeps it on the items, and ours agree on it."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def set_period(subscription: StripeObject, period: Period) -> None:
    """On every item."""
    for item in subscription["items"]["data"]:
        item["current_period_start"], item["current_period_end"] = period


def plan_of(price: StripeObject) -> dict[str, Any]:
    """The old form of a price, which items still carry."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "product": price["product"],
    }


def _item(
    subscription: StripeObject, price: StripeObject, quantity: int, period: Period
) -> StripeObject:
    item = blank(
        "subscription_item",
        id=new_id("subscription_item"),
        current_period_start=period[0],
        current_period_end=period[1],
        price=copy.deepcopy(price),
        quantity=quantity,
        subscription=subscription["id"],
    )
    item["plan"].update(plan_of(price))
    return item


def _end_of(price: StripeObject, start: int, *, anchor: int) -> int:
    recurring = price["recurring"]
    return period_end(start, recurring["interval"], recurring["interval_count"], anchor=anchor)


def _must_live(subscription: StripeObject) -> None:
    if subscription["status"] in ENDED:
        raise StripeRefusal(
            f"No such subscription: '{subscription['id']}' (it has ended)",
            status=404,
            code="resource_missing",
            param="id",
        )
