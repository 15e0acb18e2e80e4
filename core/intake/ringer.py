"""Rings for what has arrived, in a thread of its own: no answer waits for Redis."""

import os
import threading
from functools import lru_cache

from core.enums import Queue
from core.events.bell import ring
from core.events.subscriptions import queues_of


@lru_cache(maxsize=1024)
def _queues(event_type: str) -> frozenset[Queue]:
    return frozenset(queues_of(event_type))


class Ringer:
    """Collects the queues to ring for; while one ring is on its way the next ones become one."""

    _asked: set[Queue]
    _thread: threading.Thread | None

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def ask(self, event_type: str) -> None:
        """Ring soon for everybody who waits for `event_type`. Returns at once."""
        queues = _queues(event_type)
        if not queues:
            return
        with self._mutex:
            if queues <= self._asked:
                return
            self._asked |= queues
            if self._thread is None:
                self._thread = threading.Thread(target=self._ring, name="bell", daemon=True)
                self._thread.start()
        self._wake.set()

    def _ring(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            with self._mutex:
                asked, self._asked = self._asked, set()
            ring(*sorted(asked))

    def _reset(self) -> None:
        self._mutex = threading.Lock()
        self._wake = threading.Event()
        self._asked = set()
        self._thread = None
