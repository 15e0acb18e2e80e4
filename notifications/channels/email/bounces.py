"""Does a mail that came back come back for good? Providers say it each in their own words.

When in doubt: for now. Three of those in a week pause the address, one for good stops it.
"""

import re
from collections.abc import Iterator
from typing import Any

# RFC 3463: 5.1.x is about the address, 5.2.1 a box that is switched off; 5.2.2 is full, 5.7.x is
# somebody's policy, often about us.
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
TOLD_IN = {
    "type", "bouncetype", "bounce_type", "event", "severity", "name", "recordtype", "hard_bounce",
    "bounce_class",
}  # fmt: skip
HARD = re.compile(r"hard|permanent")
SOFT = re.compile(r"soft|transient|temporary|undetermined|blocked")
SPARKPOST_HARD = {"10", "30", "90"}  # its classes: invalid recipient, no receiver, unsubscribed


def gone_for_good(status_text: str) -> bool | None:
    """By the status code in a mail server's answer; None when there is none."""
    found = STATUS.search(status_text)
    if found is None:
        return None
    kind, area, detail = found.groups()
    return kind == "5" and (area == "1" or (area, detail) == ("2", "1"))


def is_hard(*, reject_reason: str, answer: str, event: Any) -> bool:
    """`answer` is the receiving server's, `event` the provider's own, as it came."""
    by_status = gone_for_good(answer)
    if by_status is not None:
        return by_status
    words = list(_words(event))
    if any(SOFT.search(word) for word in words):
        return False
    if any(HARD.search(word) for word in words):
        return True
    return reject_reason == "invalid" or tuple(sorted(words))[:2] == ("bounce", "bounce")


def _words(event: Any, depth: int = 0) -> Iterator[str]:
    if not hasattr(event, "items") or depth > 3:
        return
    for name, value in event.items():
        if isinstance(value, dict):
            yield from _words(value, depth + 1)
        elif name.lower() == "hard_bounce" and value is not None:
            yield "hard" if value in (True, "true", 1) else "soft"
        elif name.lower() == "bounce_class":
            yield "hard" if str(value) in SPARKPOST_HARD else "soft"
        elif name.lower() in TOLD_IN and isinstance(value, str):
            yield value.lower()
