"""One's own subscription, remembered for five minutes and dropped when there is news of it.

What is kept is the row, never the answer whether something is allowed: that is worked out at each
reading, so that it ends at its second. Each news begins a new generation of keys; somebody who
read the row before the news writes under the former one, where nobody looks.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache

SECONDS = 300


def read(user_id: UUID, look: Callable[[], Any]) -> tuple[Any, bool]:
    """(what `look` said, whether it was remembered)."""
    key = _key(user_id)
    kept = cache.get(key)
    if kept is not None:
        return kept["row"], True
    row = look()
    cache.set(key, {"row": row}, SECONDS)
    return row, False


def forget(user_id: UUID) -> None:
    """There is news. Call it after the commit."""
    cache.set(_generation(user_id), uuid4().hex, 2 * SECONDS)


def _key(user_id: UUID) -> str:
    return f"billing:subscription:{user_id}:{cache.get(_generation(user_id), 'first')}"


def _generation(user_id: UUID) -> str:
    return f"billing:generation:{user_id}"
