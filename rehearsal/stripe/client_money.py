"""Steers what happens to Stripe payments afterwards: disputes, late refunds, exchange rates."""

from __future__ import annotations

from typing import Any

from rehearsal.steering import Steering


class StripeMoneySteering(Steering):
    """Part of `StripeSteering`."""

    def stripe_behaves(self, **how: Any) -> dict[str, Any]:
        """Change some of: refunds="pending", settlement={"currency": "usd", "rates":
        {"jpy": "0.65"}} (smallest units), events="snapshot" / "thin" / "both"; how it is then."""
        return self.call("PUT", "/control/stripe/behaviour", how)

    def dispute(self, payment_ref: str, **what: Any) -> dict[str, Any]:
        """A payer's bank disputes an intent or charge; what: amount, reason, due_by, inquiry,
        withdraw (False: the money goes later). Returns the dispute."""
        return self.call("POST", f"/control/stripe/payments/{payment_ref}/dispute", what)

    def update_dispute(self, dispute_ref: str, **changes: Any) -> dict[str, Any]:
        """changes: status (any word), due_by (Unix seconds)."""
        return self.call("POST", f"/control/stripe/disputes/{dispute_ref}/update", changes)

    def close_dispute(self, dispute_ref: str, outcome: str) -> dict[str, Any]:
        """outcome: won (the money comes back, not the fee), lost, warning_closed, prevented."""
        path = f"/control/stripe/disputes/{dispute_ref}/close"
        return self.call("POST", path, {"outcome": outcome})

    def withdraw_dispute(self, dispute_ref: str) -> dict[str, Any]:
        """The money goes."""
        return self.call("POST", f"/control/stripe/disputes/{dispute_ref}/withdraw", {})

    def reinstate_dispute(self, dispute_ref: str) -> dict[str, Any]:
        """The money comes back."""
        return self.call("POST", f"/control/stripe/disputes/{dispute_ref}/reinstate", {})

    def succeed_refund(self, refund_ref: str) -> dict[str, Any]:
        """A refund born pending arrives."""
        return self.call("POST", f"/control/stripe/refunds/{refund_ref}/succeed", {})

    def fail_refund(self, refund_ref: str, reason: str = "lost_or_stolen_card") -> dict[str, Any]:
        """The bank sends it back, also long after it succeeded."""
        path = f"/control/stripe/refunds/{refund_ref}/fail"
        return self.call("POST", path, {"reason": reason})

    def alter_payment(self, payment_ref: str, amount: int, **more: Any) -> dict[str, Any]:
        """Change what an intent or charge came to (smallest units), and tell nobody; more:
        tell_fee=False (the fee stays)."""
        path = f"/control/stripe/payments/{payment_ref}/alter"
        return self.call("POST", path, {"amount": amount, **more})
