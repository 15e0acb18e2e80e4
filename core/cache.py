"""Django's cache on Redis, which goes on in this process's memory while Redis is away.

Logging in counts tries and remembers used one-time codes in the cache; neither may fail, or be
unlimited, because Redis is gone. Whatever is cached may be lost at any time, here too.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

logger = structlog.get_logger(__name__)
T = TypeVar("T")

STAY_LOCAL_SECONDS = 5.0  # after a failure Redis is not asked again for so long


class RedisOrMemoryCache(RedisCache):
    """RedisCache whose every question has an answer."""

    _local_until = 0.0  # of the class: one switch for all threads

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("tradewind-while-redis-is-away", {"KEY_PREFIX": "local"})

    def _ask(self, shared: Callable[[], T], local: Callable[[], T]) -> T:
        kind = type(self)
        if time.monotonic() >= kind._local_until:  # noqa: SLF001  - its own class
            try:
                return shared()
            except RedisError as error:
                logger.warning("cache.local", why=type(error).__name__)
                kind._local_until = time.monotonic() + STAY_LOCAL_SECONDS  # noqa: SLF001
        return local()

    def add(self, key: str, value: Any, *args: Any, **options: Any) -> bool:
        """Set it if it is not there."""
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).add(key, value, *args, **options),
            lambda: self._memory.add(key, value, *args, **options),
        )

    def get(self, key: str, *args: Any, **options: Any) -> Any:
        """The value or the default."""
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).get(key, *args, **options),
            lambda: self._memory.get(key, *args, **options),
        )

    def set(self, key: str, value: Any, *args: Any, **options: Any) -> None:
        """Keep it."""
        self._ask(
            lambda: super(RedisOrMemoryCache, self).set(key, value, *args, **options),
            lambda: self._memory.set(key, value, *args, **options),
        )

    def touch(self, key: str, *args: Any, **options: Any) -> bool:
        """Keep it longer."""
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).touch(key, *args, **options),
            lambda: self._memory.touch(key, *args, **options),
        )

    def delete(self, key: str, *args: Any, **options: Any) -> bool:
        """Forget it."""
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).delete(key, *args, **options),
            lambda: self._memory.delete(key, *args, **options),
        )

    def has_key(self, key: str, *args: Any, **options: Any) -> bool:
        """Whether it is there."""
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).has_key(key, *args, **options),
            lambda: self._memory.has_key(key, *args, **options),
        )

    def incr(self, key: str, *args: Any, **options: Any) -> int:
        """Count up."""
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).incr(key, *args, **options),
            lambda: self._memory.incr(key, *args, **options),
        )

    def get_many(self, keys: Iterable[str], *args: Any, **options: Any) -> dict[str, Any]:
        """Several at once."""
        wanted = list(keys)
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).get_many(wanted, *args, **options),
            lambda: self._memory.get_many(wanted, *args, **options),
        )

    def set_many(self, data: dict[str, Any], *args: Any, **options: Any) -> list[str]:
        """Several at once; the keys that failed (none)."""
        return self._ask(
            lambda: super(RedisOrMemoryCache, self).set_many(data, *args, **options),
            lambda: self._memory.set_many(data, *args, **options),
        )

    def delete_many(self, keys: Iterable[str], *args: Any, **options: Any) -> None:
        """Several at once."""
        unwanted = list(keys)
        self._ask(
            lambda: super(RedisOrMemoryCache, self).delete_many(unwanted, *args, **options),
            lambda: self._memory.delete_many(unwanted, *args, **options),
        )

    def clear(self) -> None:
        """Forget everything."""
        self._memory.clear()
        self._ask(super().clear, lambda: None)
