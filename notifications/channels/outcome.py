"""How sending one message ended, in words that hold for every channel."""

import random
from dataclasses import dataclass
from enum import StrEnum

from notifications.enums import DeactivatedReason


class Ending(StrEnum):
    SENT = "sent"
    REFUSED = "refused"  # for good: another try changes nothing
    LATER = "later"  # the other side asks for patience, or was not reached
    UNCERTAIN = "uncertain"  # handed over, answer lost


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is a sentence for staff; `after` seconds are what the other side asked for."""

    ending: Ending
    reason: str = ""
    provider: str = ""
    message_id: str = ""
    after: float | None = None
    deactivate: DeactivatedReason | None = None
    unreachable: bool = False  # no answer at all: counts for the circuit breaker
    not_tried: bool = False  # the circuit breaker was open: costs the message no try
    address_gone: bool = False  # the mail server says that there is no such address
    our_fault: bool = False  # a configuration or payload fault: somebody must look

    @property
    def is_answer(self) -> bool:
        """Whether the other side said yes or no to this very target."""
        return self.ending in (Ending.SENT, Ending.REFUSED)


PATIENCE = (30.0, 120.0, 600.0, 3_600.0, 21_600.0)  # seconds before the 2nd, 3rd ... try
ATTEMPTS = len(PATIENCE) + 1


def pause_before(attempt: int) -> float:
    """Seconds to wait before try number `attempt` (2, 3 ...), spread a little."""
    pause = PATIENCE[min(attempt - 2, len(PATIENCE) - 1)]
    return pause * random.uniform(0.85, 1.15)  # noqa: S311  - spreading load, not a secret
