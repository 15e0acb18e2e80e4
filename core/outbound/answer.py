"""What an outside service answered."""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec
from django.utils import timezone

from core.outbound.errors import CallFailed


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and a body of at most the client's cap. Bodies are never shown to people."""

    service: str
    status: int
    headers: httpx.Headers
    body: bytes
    milliseconds: int

    @property
    def ok(self) -> bool:
        """2xx. A redirect is not: nothing is followed."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON. Raises CallFailed when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            raise CallFailed(
                f"{self.service} answered {self.status} with something that is not JSON.",
                service=self.service,
                perhaps_done=True,
            ) from None

    @property
    def text(self) -> str:
        """The body as text; unreadable bytes are replaced."""
        return self.body.decode(errors="replace")

    @property
    def retry_after(self) -> float | None:
        """Seconds the service asks to wait (number or HTTP date), if it says."""
        return retry_after_seconds(self.headers.get("retry-after", ""))


def retry_after_seconds(value: str) -> float | None:
    """A `Retry-After` header in seconds; None when absent or unreadable (RFC 9110 10.2.3)."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - timezone.now()).total_seconds())
