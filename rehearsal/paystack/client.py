"""Steers the Paystack face: the page's buttons, banks, time, lies, the gateway's own book."""

from __future__ import annotations

from typing import Any

from rehearsal.steering import Steering


class PaystackSteering(Steering):
    """What `rehearsal.client.Rehearsal` can do with Paystack. Transactions go by reference."""

    def paystack(self, reference: str, step: str = "pay", **more: Any) -> dict[str, Any]:
        """step: pay, fail, abandon, slow, ongoing, processing, queued, pending; more: email."""
        return self.call("POST", f"/control/paystack/transactions/{reference}/{step}", more)

    def paystack_shows(self, reference: str, **instead: Any) -> dict[str, Any]:
        """Have Paystack show other values (amount, currency, metadata, status, domain, fees)."""
        return self.call("PUT", f"/control/paystack/transactions/{reference}/show", instead)

    def paystack_habits(self, **habits: bool) -> dict[str, Any]:
        """tell_failures: charge.failed is sent. name_refunds: refund webhooks carry an id."""
        return self.call("PUT", "/control/paystack/habits", habits)

    def paystack_refund(self, refund_id: str | int, state: str) -> dict[str, Any]:
        """state: processing, processed, failed, needs-attention."""
        return self.call("POST", f"/control/paystack/refunds/{refund_id}/{state}", {})

    def paystack_dispute(self, reference: str, **more: Any) -> dict[str, Any]:
        """The payer complains; more: amount (hundredths), category."""
        return self.call("POST", f"/control/paystack/transactions/{reference}/dispute", more)

    def paystack_dispute_moves(self, dispute_id: str | int, to: str) -> dict[str, Any]:
        """to: merchant-accepted, auto-accepted, declined, or a state it waits in."""
        return self.call("POST", f"/control/paystack/disputes/{dispute_id}/{to}", {})

    def paystack_subscription(self, code: str, act: str) -> dict[str, Any]:
        """act: renew, fail (a renewal that does not work), end, warn (the card expires)."""
        return self.call("POST", f"/control/paystack/subscriptions/{code}/{act}", {})

    def emit_paystack_event(self, event: str, data: Any) -> dict[str, Any]:
        """Send any event, signed like the others."""
        return self.call("POST", "/control/paystack/events", {"event": event, "data": data})

    def paystack_book(self) -> dict[str, Any]:
        """The gateway's own ledger: charges, refunds, disputes, totals per currency."""
        return self.call("GET", "/control/paystack/book")

    def paystack_requests(self) -> list[dict[str, Any]]:
        """The last API calls, oldest first."""
        found: list[dict[str, Any]] = self.call("GET", "/control/paystack/requests")["requests"]
        return found
