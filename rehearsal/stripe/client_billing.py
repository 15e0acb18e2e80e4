"""Steers subscriptions at Stripe: time that passes, cards that stop working."""

from __future__ import annotations

from typing import Any

from rehearsal.steering import Steering


class StripeBillingSteering(Steering):
    """Part of `StripeSteering`. All of them return the subscription."""

    def advance_subscription(self, subscription_ref: str) -> dict[str, Any]:
        """The period (or trial) ends: renewed, or ended where it was cancelled."""
        return self._subscription(subscription_ref, "advance")

    def renew_subscription(self, subscription_ref: str) -> dict[str, Any]:
        """The next period, paid."""
        return self._subscription(subscription_ref, "renew")

    def fail_subscription(
        self, subscription_ref: str, *, last: bool = False, then: str = "canceled"
    ) -> dict[str, Any]:
        """The renewal fails, or one more try to collect it; after the fourth (or with `last`)
        the subscription is `then`: canceled, unpaid or past_due."""
        return self._subscription(subscription_ref, "fail", last=last, then=then)

    def recover_subscription(self, subscription_ref: str) -> dict[str, Any]:
        """The open invoice is paid."""
        return self._subscription(subscription_ref, "recover")

    def end_trial(self, subscription_ref: str) -> dict[str, Any]:
        """The trial ends now."""
        return self._subscription(subscription_ref, "end_trial")

    def warn_of_trial_end(self, subscription_ref: str) -> dict[str, Any]:
        """customer.subscription.trial_will_end"""
        return self._subscription(subscription_ref, "trial_will_end")

    def expire_subscription(self, subscription_ref: str) -> dict[str, Any]:
        """An incomplete one was never paid."""
        return self._subscription(subscription_ref, "expire")

    def cancel_subscription(self, subscription_ref: str) -> dict[str, Any]:
        """Ended now, in Stripe's dashboard."""
        return self._subscription(subscription_ref, "cancel")

    def shift_subscription(self, subscription_ref: str, seconds: int) -> dict[str, Any]:
        """All of its times, `seconds` later; negative: into the past."""
        return self._subscription(subscription_ref, "shift", seconds=seconds)

    def card_works(self, customer_ref: str, works: bool) -> None:
        """Whether the customer's bank pays from now on."""
        self.call("PUT", f"/control/stripe/customers/{customer_ref}/card", {"works": works})

    def _subscription(self, subscription_ref: str, action: str, **more: Any) -> dict[str, Any]:
        return self.call("POST", f"/control/stripe/subscriptions/{subscription_ref}/{action}", more)
