"""One Redis connection pool a process, with short waits: Redis is a convenience here."""

from functools import lru_cache

import redis
from django.conf import settings


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """A shared client; raises redis.RedisError within a quarter of a second when it is away."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=0.25,
        socket_connect_timeout=0.25,
        retry_on_timeout=False,
    )
