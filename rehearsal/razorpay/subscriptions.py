"""A subscription's life. Source: razorpay.com/docs/payments/subscriptions/states.

As in the real one, nothing shows that a subscription ends with its cycle, no event tells it, and
it cannot be taken back (github.com/razorpay/razorpay-node/issues/330, 337).
"""

from __future__ import annotations

from typing import Any

from rehearsal.razorpay import invoices, plans
from rehearsal.razorpay.book import Book, Entity, new_id
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.payments import Payments, now
from rehearsal.razorpay.webhooks import Events

OVER = ("cancelled", "completed", "expired")
CHANGEABLE = ("authenticated", "active")


class Subscriptions:
    """What the shop, the payer and time do to a subscription."""

    def __init__(self, book: Book, events: Events, payments: Payments, base_url: str) -> None:
        self.book = book
        self.events = events
        self.payments = payments
        self.base_url = base_url

    # ---------------------------------------------------------------- what the shop does

    def create(self, params: dict[str, Any]) -> Entity:
        """One that waits on its page for the payer; no key makes this call repeatable."""
        self.book.get("plan", params["plan_id"])
        start_at = params.get("start_at")
        if start_at is not None and start_at <= now():
            raise RazorpayRefusal("start_at should be in the future", field="start_at")
        if params["total_count"] < 1:
            raise RazorpayRefusal("total_count must be at least 1", field="total_count")
        sub_id = new_id("sub")
        subscription = {
            "id": sub_id,
            "entity": "subscription",
            "plan_id": params["plan_id"],
            "customer_id": None,
            "status": "created",
            "current_start": None,
            "current_end": None,
            "ended_at": None,
            "quantity": params.get("quantity", 1),
            "notes": params.get("notes") or [],
            "charge_at": start_at,
            "start_at": start_at,
            "end_at": None,
            "auth_attempts": 0,
            "total_count": params["total_count"],
            "paid_count": 0,
            "customer_notify": params.get("customer_notify", True),
            "created_at": now(),
            "expire_by": params.get("expire_by"),
            "short_url": f"{self.base_url}/razorpay/subscribe/{sub_id}",
            "has_scheduled_changes": False,
            "change_scheduled_at": None,
            "source": "api",
            "remaining_count": params["total_count"],
        }
        self.book.save("subscription", subscription)
        return subscription

    def change(self, subscription: Entity, params: dict[str, Any]) -> Entity:
        """Another plan, now or when the cycle ends."""
        if subscription["status"] not in CHANGEABLE:
            raise RazorpayRefusal(
                "Can't update Subscription when Subscription is not in Authenticated or Active "
                "state"
            )
        self.book.get("plan", params.get("plan_id") or subscription["plan_id"])
        if params.get("schedule_change_at", "now") == "cycle_end":
            self.book.know(subscription["id"], next_plan=params["plan_id"])
            subscription.update(
                has_scheduled_changes=True, change_scheduled_at=subscription["current_end"]
            )
            self.book.save("subscription", subscription)
            return subscription
        for name in ("plan_id", "quantity", "remaining_count", "start_at"):
            if name in params:
                subscription[name] = params[name]
        return self._told(subscription, "updated")

    def cancel(self, subscription: Entity, *, at_cycle_end: bool) -> Entity:
        """End it now, or silently when the cycle ends."""
        if subscription["status"] in OVER:
            raise RazorpayRefusal(
                f"Subscription is not cancellable in {subscription['status']} status.",
                field="status",
            )
        if at_cycle_end:
            if subscription["status"] != "active":
                raise RazorpayRefusal(
                    "Subscription cannot be cancelled at the end of a cycle since "
                    "no billing cycle is going on"
                )
            self.book.know(subscription["id"], ends_with_cycle=True)
            return subscription
        subscription.update(status="cancelled", ended_at=now(), charge_at=None)
        return self._told(subscription, "cancelled")

    def pause(self, subscription: Entity) -> Entity:
        """Charge nothing until it goes on."""
        if subscription["status"] != "active":
            raise RazorpayRefusal("Subscription cannot be paused as it is not in active state.")
        subscription.update(status="paused", charge_at=None)
        return self._told(subscription, "paused")

    def resume(self, subscription: Entity) -> Entity:
        """Go on after a pause."""
        if subscription["status"] != "paused":
            raise RazorpayRefusal("Subscription cannot be resumed as it is not in paused state.")
        subscription.update(status="active", charge_at=subscription["current_end"])
        return self._told(subscription, "resumed")

    # ---------------------------------------------------------------- what the payer and time do

    def authenticate(self, subscription: Entity, *, email: str = "") -> Entity:
        """The payer lets it be charged; one without a later start is charged at once."""
        if subscription["status"] != "created":
            return subscription
        subscription["customer_id"] = self._customer(email or "payer@example.com")
        if subscription["start_at"] is not None and subscription["start_at"] > now():
            subscription["status"] = "authenticated"
            return self._told(subscription, "authenticated")
        subscription["start_at"] = now()
        self._told(subscription, "authenticated")
        return self.charge(subscription)

    def charge(self, subscription: Entity) -> Entity:
        """A cycle begins and is paid; what was asked to end with the last cycle ends."""
        self._must_go_on(subscription)
        if self.book.known(subscription["id"], "ends_with_cycle"):
            subscription.update(
                status="cancelled", ended_at=subscription["current_end"], charge_at=None
            )
            return self._told(subscription, "cancelled")
        invoice = self._open_invoice(subscription) or self._next_invoice(subscription)
        payment = invoices.try_to_pay(self.book, self.payments, invoice)
        self.payments.capture(self.payments.authorize(payment))
        invoices.paid(self.book, self.events, invoice, payment)
        return self._charged(subscription, invoice, payment)

    def fail_charge(self, subscription: Entity) -> Entity:
        """The charge of a cycle is declined: Razorpay tries again for three days."""
        self._must_go_on(subscription)
        invoice = self._open_invoice(subscription) or self._next_invoice(subscription)
        payment = self.payments.fail(invoices.try_to_pay(self.book, self.payments, invoice))
        subscription.update(status="pending", auth_attempts=subscription["auth_attempts"] + 1)
        return self._told(subscription, "pending", payment=payment)

    def halt(self, subscription: Entity) -> Entity:
        """Razorpay has given up trying."""
        if subscription["status"] != "pending":
            raise RazorpayRefusal("Only a pending subscription is halted.")
        subscription["status"] = "halted"
        return self._told(subscription, "halted")

    def complete(self, subscription: Entity) -> Entity:
        """All cycles are paid."""
        self._must_go_on(subscription)
        subscription.update(status="completed", ended_at=now(), charge_at=None, remaining_count=0)
        return self._told(subscription, "completed")

    def expire(self, subscription: Entity) -> Entity:
        """Nobody came to the page in time; no event tells it."""
        if subscription["status"] != "created":
            raise RazorpayRefusal("Only a subscription nobody has authenticated expires.")
        subscription["status"] = "expired"
        self.book.save("subscription", subscription)
        return subscription

    def _charged(self, subscription: Entity, invoice: Entity, payment: Entity) -> Entity:
        was = subscription["status"]
        subscription.update(
            status="active",
            current_start=invoice["billing_start"],
            current_end=invoice["billing_end"],
            charge_at=invoice["billing_end"],
            auth_attempts=0,
            paid_count=subscription["paid_count"] + 1,
            remaining_count=max(0, subscription["remaining_count"] - 1),
        )
        if was != "active":
            self._told(subscription, "activated", payment=payment)
        return self._told(subscription, "charged", payment=payment)

    def _next_invoice(self, subscription: Entity) -> Entity:
        next_plan = self.book.known(subscription["id"], "next_plan")
        if next_plan:
            self.book.know(subscription["id"], next_plan=None)
            subscription.update(
                plan_id=next_plan, has_scheduled_changes=False, change_scheduled_at=None
            )
        plan = self.book.get("plan", subscription["plan_id"])
        start = subscription["current_end"] or now()
        return invoices.issue(
            self.book, subscription, plan, start=start, end=plans.cycle_end(plan, start)
        )

    def _open_invoice(self, subscription: Entity) -> Entity | None:
        return next(
            self.book.where("invoice", subscription_id=subscription["id"], status="issued"), None
        )

    def _must_go_on(self, subscription: Entity) -> None:
        if subscription["status"] in (*OVER, "created", "paused"):
            if subscription["status"] == "created" and subscription["customer_id"]:
                return
            raise RazorpayRefusal(f"This subscription is {subscription['status']}.")

    def _customer(self, email: str) -> str:
        return str(invoices.customer(self.book, {"email": email})["id"])

    def _told(self, subscription: Entity, word: str, **more: Entity) -> Entity:
        self.book.save("subscription", subscription)
        self.events.emit(f"subscription.{word}", subscription=subscription, **more)
        return subscription
