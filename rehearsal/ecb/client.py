"""What a test steers at the central bank."""

from __future__ import annotations

from datetime import date
from typing import Any

from rehearsal.steering import Steering


class EcbSteering(Steering):
    """Part of `rehearsal.client.Rehearsal`."""

    def ecb_today(self, day: date | None) -> None:
        """Stop the bank's calendar on a day; None lets it go on."""
        self.call("PUT", "/control/ecb/today", {"day": str(day or "")})

    def ecb_says(self, day: date, currency: str, rate: str) -> None:
        """Set one figure, as it will stand in the files; "" leaves it out."""
        what: dict[str, Any] = {"day": str(day), "currency": currency, "rate": rate}
        self.call("POST", "/control/ecb/rates", what)

    def ecb_rate(self, day: date, currency: str) -> str | None:
        """What the files say of a day."""
        query = {"day": str(day), "currency": currency}
        found: str | None = self.call("GET", "/control/ecb/rates", query=query)["rate"]
        return found
