"""Things that go wrong on purpose when a face sends webhooks."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

from rehearsal.checked import Unfit

SPOILINGS = ("tamper", "wrong_secret", "old_timestamp")
OLD_SECONDS = 3600
"""Age of an `old_timestamp`; gateways' SDKs refuse what is older than 300 s."""


def _dice(seed: int | None) -> random.Random:
    return random.Random(seed)  # noqa: S311 - dice, not secrets


@dataclass(slots=True)
class Chance:
    """How often something happens: to the `next` so many, else to a share (`rate`)."""

    rate: float = 0.0
    next: int = 0

    def falls(self, dice: random.Random) -> bool:
        """Decide for one webhook, using up one of `next`."""
        if self.next > 0:
            self.next -= 1
            return True
        return self.rate > 0 and dice.random() < self.rate

    @classmethod
    def read(cls, raw: Any) -> Chance:
        """From JSON: a share (0.05), true, or {"next": 2} / {"rate": 0.1}."""
        if isinstance(raw, bool | int | float) and 0 <= raw <= 1:
            return cls(rate=float(raw))
        if isinstance(raw, dict) and set(raw) <= {"rate", "next"}:
            rate, count = raw.get("rate", 0), raw.get("next", 0)
            if isinstance(rate, int | float) and 0 <= rate <= 1 and isinstance(count, int):
                return cls(rate=float(rate), next=max(count, 0))
        raise Unfit('give a share from 0 to 1, {"next": N} or {"rate": 0.1}')


@dataclass(slots=True)
class WebhookFaults:
    """All of one face's webhook faults; the values of a fresh object are "nothing goes wrong".

    duplicate: extra copies of every webhook; 0.2 gives every fifth one copy more.
    hold: keep webhooks back until so many wait, then let them go in random order.
    delay: seconds to wait before sending, (least, most).
    """

    duplicate: float = 0.0
    hold: int = 0
    delay: tuple[float, float] = (0.0, 0.0)
    drop: Chance = field(default_factory=Chance)
    tamper: Chance = field(default_factory=Chance)
    wrong_secret: Chance = field(default_factory=Chance)
    old_timestamp: Chance = field(default_factory=Chance)
    seed: int | None = None
    dice: random.Random = field(default_factory=lambda: _dice(None))

    def update(self, raw: dict[str, Any]) -> None:
        """Change the named faults only; refuses what it does not know, changing nothing."""
        fresh: dict[str, Any] = {}
        for name, value in raw.items():
            fresh[name] = self._read(name, value)
        for name, value in fresh.items():
            setattr(self, name, value)
        if "seed" in fresh:
            self.dice = _dice(self.seed)

    def _read(self, name: str, value: Any) -> Any:
        if name in ("drop", *SPOILINGS):
            return Chance.read(value)
        if name == "delay":
            return _delay(value)
        if name == "duplicate":
            if not isinstance(value, int | float) or not 0 <= value <= 1000:
                raise Unfit("duplicate is the number of extra copies, or a share")
            return float(value)
        if name in ("hold", "seed"):
            if not isinstance(value, int) or value < 0:
                raise Unfit(f"{name} is a whole number, not negative")
            return value
        raise Unfit(f"unknown webhook fault {name!r}")

    def copies(self) -> int:
        """How many times this webhook is sent."""
        extra = int(self.duplicate)
        return 1 + extra + (self.dice.random() < self.duplicate - extra)

    def in_words(self) -> str:
        """What is set, for the start page; "" when nothing is."""
        chances = [name for name in ("drop", *SPOILINGS) if getattr(self, name) != Chance()]
        counts = [
            f"{name} {getattr(self, name):g}"
            for name in ("duplicate", "hold")
            if getattr(self, name)
        ]
        delays = ["delay"] if self.delay[1] else []
        return ", ".join(counts + delays + chances).replace("_", " ")

    def wait(self) -> float:
        """Seconds to hold this webhook back."""
        return self.dice.uniform(*self.delay)

    def spoiling(self) -> str | None:
        """Which way this attempt is spoiled, if any."""
        for name in SPOILINGS:
            if getattr(self, name).falls(self.dice):
                return name
        return None

    def as_json(self) -> dict[str, Any]:
        """For the control API."""
        chances = {n: getattr(self, n) for n in ("drop", *SPOILINGS)}
        return {
            "duplicate": self.duplicate,
            "hold": self.hold,
            "delay": list(self.delay),
            "seed": self.seed,
            **{name: {"rate": c.rate, "next": c.next} for name, c in chances.items()},
        }


def _delay(value: Any) -> tuple[float, float]:
    bounds = value if isinstance(value, list) else [value, value]
    if len(bounds) == 2 and all(isinstance(bound, int | float) for bound in bounds):
        least, most = bounds
        if 0 <= least <= most:
            return (float(least), float(most))
    raise Unfit("delay is seconds, or [least, most]")


def tampered(body: bytes) -> bytes:
    """The body as a thief would change it on the way: ten times the first amount."""
    changed, count = re.subn(rb'("amount[a-z_]*":\s*\d+)', rb"\g<1>0", body, count=1)
    return changed if count else body + b" "
