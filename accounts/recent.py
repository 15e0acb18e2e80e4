"""Answers remembered for a few seconds, in this process."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A small cache whose entries are never older than `seconds`.

    Only for questions asked on every request whose answer may lag by `seconds` at most. Not
    shared between processes, so nothing has to be invalidated over the network; `forget` makes
    the process that changed something see it at once.
    """

    def __init__(self, *, seconds: float, size: int) -> None:
        self.seconds = seconds
        self.size = size
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, ask: Callable[[], V]) -> V:
        """The remembered answer, or that of `ask`. What `ask` raises is not remembered."""
        now = time.monotonic()
        with self._lock:
            known = self._entries.get(key)
            if known is not None and now - known[0] < self.seconds:
                return known[1]
        answer = ask()
        with self._lock:
            # stamped with the time before asking: the answer may be as old as that
            self._entries[key] = (now, answer)
            self._entries.move_to_end(key)
            while len(self._entries) > self.size:
                self._entries.popitem(last=False)
        return answer

    def forget(self, matching: Callable[[K, V], bool] = lambda key, value: True) -> None:
        """Ask again for the entries that match; for all of them without a condition."""
        with self._lock:
            for key in [key for key, (_, value) in self._entries.items() if matching(key, value)]:
                del self._entries[key]
