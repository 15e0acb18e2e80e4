"""Steers the Resend face: what becomes of mails in the provider's hands."""

from __future__ import annotations

from typing import Any

from rehearsal.steering import Steering


class ResendSteering(Steering):
    """What `rehearsal.client.Rehearsal` can do with Resend."""

    def letters(self, *, to: str = "") -> list[dict[str, Any]]:
        """Mails the provider took, oldest first, each with its `news`."""
        found: list[dict[str, Any]] = self.call("GET", "/control/resend/letters", query={"to": to})[
            "letters"
        ]
        return found

    def letter_happens(self, letter_id: str, what: str, **more: Any) -> dict[str, Any]:
        """what: sent, delivered, delayed, bounced, soft_bounced, complained, failed, opened,
        clicked (more: link). Tells it by webhook; returns the event."""
        return self.call("POST", f"/control/resend/letters/{letter_id}/{what}", more)
