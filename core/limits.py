"""How often something may be tried, counted exactly (moving window) in Redis.

Redis away: each process counts for itself, so a limit becomes a few times wider but never
disappears, and no request waits for Redis more than once in a few seconds.

    LOGIN = Limit("login", "5/minute")
    LOGIN.spend(address, email)          # raises RateLimited with `retry_after`
    LOGIN.give_back(address, email)      # it was the right password after all

Who is counted is hashed before it becomes a key: Redis holds no e-mail addresses.
"""

import hashlib
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import redis
import structlog
from limits import parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from core.errors import RateLimited
from core.redis import client

logger = structlog.get_logger(__name__)
T = TypeVar("T")

STAY_LOCAL_SECONDS = 5.0  # after a failure Redis is not asked again for so long
_local_until = 0.0


class Limit:
    """At most so many per so long ("5/minute", "100/hour") for each `who`."""

    def __init__(self, name: str, rate: str) -> None:
        self.name = name
        self.item = parse(rate)

    def spend(self, *who: str) -> None:
        """Count one try. Raises RateLimited when there is none left."""
        key = self._key(who)
        if not _counted(lambda limiter: limiter.hit(self.item, key)):
            raise self._refusal(key)

    def check(self, *who: str) -> None:
        """Raise RateLimited when there is none left, without counting."""
        key = self._key(who)
        if not _counted(lambda limiter: limiter.test(self.item, key)):
            raise self._refusal(key)

    def give_back(self, *who: str) -> None:
        """Forget every try counted for `who`."""
        key = self._key(who)
        _counted(lambda limiter: limiter.clear(self.item, key))

    def _key(self, who: tuple[str, ...]) -> str:
        digest = hashlib.sha256("\0".join(who).encode()).hexdigest()[:32]
        return f"{self.name}:{digest}"

    def _refusal(self, key: str) -> RateLimited:
        reset: float = _counted(lambda limiter: limiter.get_window_stats(self.item, key)).reset_time
        return RateLimited("Too many tries. Please wait.", retry_after=reset - time.time())


def _counted(ask: Callable[[MovingWindowRateLimiter], T]) -> T:
    """Ask Redis, or the counter of this process while Redis is away."""
    global _local_until
    if time.monotonic() >= _local_until:
        try:
            return ask(_shared())
        except redis.RedisError as error:
            logger.warning("limits.local", why=type(error).__name__)
            _local_until = time.monotonic() + STAY_LOCAL_SECONDS
    return ask(_own())


@lru_cache(maxsize=1)
def _shared() -> MovingWindowRateLimiter:
    pool = client().connection_pool
    return MovingWindowRateLimiter(
        RedisStorage("redis://", connection_pool=pool, key_prefix="tradewind-limit")
    )


@lru_cache(maxsize=1)
def _own() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())
