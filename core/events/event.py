"""What a subscriber is handed, and what it may answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """One fact, as its subscriber sees it. `data` is ours; `body` is what a stranger sent."""

    id: int
    type: str
    source: str
    subject: str
    data: dict[str, Any]
    body: bytes | None
    headers: dict[str, str]
    actor_id: UUID | None
    occurred_at: datetime
    delivery_id: int = 0
    attempt: int = 1
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this delivery: outside services do the work once."""
        return f"tradewind-delivery-{self.delivery_id}"


class Retry(Exception):
    """Not now: try again after `after` seconds, or with the usual backoff."""

    def __init__(self, why: str, *, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Ignore(Exception):
    """Nothing to do, and why; kept with the delivery."""


class Dead(Exception):
    """Trying again cannot help: to the dead letters at once, for staff to see."""
