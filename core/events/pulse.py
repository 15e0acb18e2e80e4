"""Each tick leaves a pulse in Redis, so that health can tell whether clock and hands are alive."""

import time

import redis

from core.redis import client

KEY = "tradewind:pulse"


def leave_pulse() -> None:
    """A tick ran just now. Redis away: no pulse, and health says so."""
    try:
        client().set(KEY, f"{time.time():.3f}", ex=3600)
    except redis.RedisError:
        return


def seconds_since_pulse() -> float | None:
    """Age of the last tick in seconds; None when nobody remembers one.

    Raises redis.RedisError when Redis is away.
    """
    told = client().get(KEY)
    return None if told is None else max(time.time() - float(told), 0.0)
