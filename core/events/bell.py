"""The doorbell: Redis tells workers that there is something to do. It remembers nothing.

Rings are coalesced: while a ring nobody has answered yet is younger than a second, another is
not sent. A lost ring costs the wait until the next tick.
"""

import time
from collections.abc import Callable

import redis
import structlog
from celery import current_app
from kombu.exceptions import KombuError

from core.enums import Queue
from core.redis import client

logger = structlog.get_logger(__name__)

COALESCE_MS = 1000
DEAF_SECONDS = 2.0  # after a failure: do not make every writer wait for a dead Redis
WORK_OFF = "core.work_off"

_deaf_until = 0.0


def ring(queue: Queue) -> None:
    """Ask for workers on one queue. Never raises: the tick finds what a lost ring left behind."""
    global _deaf_until
    if time.monotonic() < _deaf_until:
        return
    try:
        if client().set(f"tradewind:bell:{queue}", 1, nx=True, px=COALESCE_MS):
            current_app.send_task(WORK_OFF, args=[queue.value], queue=queue.value, retry=False)
    except (redis.RedisError, KombuError, OSError) as error:
        _deaf_until = time.monotonic() + DEAF_SECONDS
        logger.warning("bell.silent", queue=queue.value, error=str(error))


def answer(queue: Queue) -> None:
    """A worker is up: rings from now on are sent again."""
    try:
        client().delete(f"tradewind:bell:{queue}")
    except redis.RedisError:
        logger.debug("bell.unanswered", queue=queue.value)


def _bell(queue: Queue) -> Callable[[], None]:
    def ring_this() -> None:
        ring(queue)

    return ring_this


BELLS: dict[Queue, Callable[[], None]] = {queue: _bell(queue) for queue in Queue}
