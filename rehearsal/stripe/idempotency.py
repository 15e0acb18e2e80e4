"""`Idempotency-Key`: the first answer is the only answer, also when it was a 500."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal.journal import Entry, Journal
from rehearsal.stripe.errors import StripeRefusal

KEPT_SECONDS = 24 * 3600
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered to the first request with this key."""

    key: str
    path: str
    fingerprint: str
    status: int
    body: dict[str, Any]
    request_id: str
    at: float


def fingerprint_of(params: dict[str, Any]) -> str:
    """Equal for equal parameters, in whatever order they came."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


class Answers:
    """First answers by key, kept for a day as Stripe does."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._first: dict[str, FirstAnswer] = {}

    def first(self, key: str | None, path: str, fingerprint: str) -> FirstAnswer | None:
        """The first answer to this key, None when new; refuses reuse for something else."""
        if key is None:
            return None
        if len(key) > MAX_KEY:
            raise StripeRefusal(f"Idempotency keys can be at most {MAX_KEY} characters long.")
        known = self._first.get(key)
        if known is None or known.at < time.time() - KEPT_SECONDS:
            return None
        if known.path != path:
            raise _misuse(
                "Keys for idempotent requests can only be used for the same endpoint they were "
                f"first used for ('{path}' vs '{known.path}'). Try using a key other than '{key}' "
                "if you meant to execute a different request."
            )
        if known.fingerprint != fingerprint:
            raise _misuse(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request."
            )
        return known

    def keep(self, answer: FirstAnswer) -> None:
        """Remember an answer for good (a day)."""
        self._first[answer.key] = answer
        self.journal.record("stripe", "answer", asdict(answer))

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        self._first[entry.data["key"]] = FirstAnswer(**entry.data)

    def clear(self) -> None:
        """Forget all keys."""
        self._first.clear()


def _misuse(message: str) -> StripeRefusal:
    return StripeRefusal(message, status=400, kind="idempotency_error")
