"""The doorbell: Redis tells workers that there is something to do. It remembers nothing.

Rings are coalesced: while a ring nobody has answered yet is younger than a second, another is
not sent. A lost ring costs the wait until the next tick.
"""

import time
from collections.abc import Iterable
from itertools import compress

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


def ring(*queues: Queue) -> None:
    """Ask for workers on these queues, in one round trip. Never raises: the tick finds what a lost
    ring left behind."""
    global _deaf_until
    if not queues or time.monotonic() < _deaf_until:
        return
    try:
        with client().pipeline(transaction=False) as asked:
            for queue in queues:
                asked.set(f"tradewind:bell:{queue}", 1, nx=True, px=COALESCE_MS)
            is_new = asked.execute()
        for queue in compress(queues, is_new):
            current_app.send_task(WORK_OFF, args=[queue.value], queue=queue.value, retry=False)
    except (redis.RedisError, KombuError, OSError) as error:
        _deaf_until = time.monotonic() + DEAF_SECONDS
        logger.warning("bell.silent", queues=[queue.value for queue in queues], error=str(error))


def answer(queue: Queue) -> None:
    """A worker is up: rings from now on are sent again."""
    try:
        client().delete(f"tradewind:bell:{queue}")
    except redis.RedisError:
        logger.debug("bell.unanswered", queue=queue.value)


class Bell:
    """What a transaction rings once it has committed: its queues, each once."""

    def __init__(self, queues: Iterable[Queue]) -> None:
        self.queues = set(queues)

    def __call__(self) -> None:
        ring(*sorted(self.queues))
