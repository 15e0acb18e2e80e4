"""Steers the Razorpay face: the pages' buttons, banks, time, and the gateway's own book."""

from __future__ import annotations

from typing import Any

from rehearsal.steering import Steering


class RazorpaySteering(Steering):
    """What `rehearsal.client.Rehearsal` can do with Razorpay."""

    def link(self, link_id: str, act: str, **more: Any) -> dict[str, Any]:
        """act: pay, late (failed, then captured), decline, authorize, expire; more: email.

        decline and authorize return the payment, the others the link.
        """
        return self.call("POST", f"/control/razorpay/links/{link_id}/{act}", more)

    def razorpay_payment(self, payment_id: str, act: str, **more: Any) -> dict[str, Any]:
        """act: fail, authorize, capture, let_go (never captured, given back by Razorpay),
        dispute (more: amount, reason; returns the dispute)."""
        return self.call("POST", f"/control/razorpay/payments/{payment_id}/{act}", more)

    def razorpay_refund(self, refund_id: str, act: str) -> dict[str, Any]:
        """act: process, fail."""
        return self.call("POST", f"/control/razorpay/refunds/{refund_id}/{act}", {})

    def razorpay_dispute(self, dispute_id: str, to: str) -> dict[str, Any]:
        """to: action_required, under_review, won, lost, closed."""
        return self.call("POST", f"/control/razorpay/disputes/{dispute_id}/move", {"to": to})

    def razorpay_subscription(self, subscription_id: str, act: str, **more: Any) -> dict[str, Any]:
        """act: authenticate (more: email), charge, fail_charge, halt, complete, expire."""
        return self.call("POST", f"/control/razorpay/subscriptions/{subscription_id}/{act}", more)

    def emit_razorpay_event(self, event: str, **entities: dict[str, Any]) -> dict[str, Any]:
        """Send any event with the given entities; returns it."""
        wanted = {"event": event, "entities": entities}
        return self.call("POST", "/control/razorpay/events", wanted)

    def replay_under_new_id(self, delivery_id: str) -> list[dict[str, Any]]:
        """The signed bytes of one delivery again, under another event id."""
        made: list[dict[str, Any]] = self.call("POST", f"/control/razorpay/replay/{delivery_id}")[
            "deliveries"
        ]
        return made

    def razorpay_book(self) -> dict[str, Any]:
        """The gateway's own ledger: payments, refunds, disputes, totals per currency."""
        return self.call("GET", "/control/razorpay/book")

    def razorpay_requests(self) -> list[dict[str, Any]]:
        """The last API calls, oldest first."""
        found: list[dict[str, Any]] = self.call("GET", "/control/razorpay/requests")["requests"]
        return found
