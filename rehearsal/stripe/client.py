"""Steers the Stripe face: the page's buttons, events by hand, the gateway's own book."""

from __future__ import annotations

from typing import Any

from rehearsal.stripe.client_billing import StripeBillingSteering
from rehearsal.stripe.client_money import StripeMoneySteering


class StripeSteering(StripeMoneySteering, StripeBillingSteering):
    """What `rehearsal.client.Rehearsal` can do with Stripe."""

    def pay(self, session_id: str, *, email: str | None = None) -> dict[str, Any]:
        """Press Pay on the session's page; returns the session."""
        return self.call("POST", f"/control/stripe/sessions/{session_id}/pay", {"email": email})

    def decline(self, session_id: str) -> dict[str, Any]:
        """Press Decline."""
        return self.call("POST", f"/control/stripe/sessions/{session_id}/decline", {})

    def promise(self, session_id: str) -> dict[str, Any]:
        """Pay by a slow method: complete, not paid until `arrive` or `bounce`."""
        return self.call("POST", f"/control/stripe/sessions/{session_id}/promise", {})

    def arrive(self, session_id: str) -> dict[str, Any]:
        """The promised money is there."""
        return self.call("POST", f"/control/stripe/sessions/{session_id}/arrive", {})

    def bounce(self, session_id: str) -> dict[str, Any]:
        """The promised money will not come."""
        return self.call("POST", f"/control/stripe/sessions/{session_id}/bounce", {})

    def expire(self, session_id: str) -> dict[str, Any]:
        """Let the session run out now."""
        return self.call("POST", f"/control/stripe/sessions/{session_id}/expire", {})

    def emit_stripe_event(
        self, event_type: str, obj: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        """Send any event with the given object; more: previous_attributes, id. Returns it."""
        wanted = {"type": event_type, "object": obj, **more}
        return self.call("POST", "/control/stripe/events", wanted)

    def emit_stripe_events(self, events: list[dict[str, Any]]) -> list[str]:
        """Send many at once, each {"type", "object", "id"?}; returns their ids."""
        made: list[str] = self.call("POST", "/control/stripe/events", {"events": events})["ids"]
        return made

    def stripe_book(self) -> dict[str, Any]:
        """The gateway's own ledger: charges, refunds, balance_transactions, totals per currency."""
        return self.call("GET", "/control/stripe/book")
