"""Group commit: requests that wait at the same time share one statement and one commit.

The first thread to find a free lane leads: it writes its own row. Threads that come meanwhile
queue; when the leader is done it hands its lane to the first of them, who writes all that wait.
Nobody waits for a timer, and a single request pays nothing. Each thread returns only after the
commit that holds its row.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from core.intake.rows import Row, StoreUnavailable

LANES = 2
MOST_WAITING = 512
MOST_ROWS = 64
MOST_BYTES = 4_194_304  # of bodies in one statement
WAIT_SECONDS = 8.0  # gateways give up after five to twenty

Told = bool | Exception


class Writes(Protocol):
    """What a lane can do (core/intake/lane.py)."""

    def write(self, rows: list[Row]) -> list[Told]:
        """Store, commit, tell."""

    def close(self) -> None:
        """Hang up."""

    def forget(self) -> None:
        """Drop what belongs to the parent process."""


class _Waiting:
    """One request: its row, the lane it was handed, and what became of it."""

    __slots__ = ("lane", "row", "told", "wake")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.lane: Writes | None = None
        self.told: Told | None = None
        self.wake = threading.Lock()
        self.wake.acquire()


class GroupCommit:
    """Shares lanes among threads. `store` may be called from any number of them."""

    def __init__(self, make_lane: Callable[[], Writes], lanes: int = LANES) -> None:
        self._lanes: Sequence[Writes] = [make_lane() for _ in range(lanes)]
        self._reset()
        os.register_at_fork(after_in_child=self._in_child)

    def store(self, row: Row) -> bool:
        """Return after the commit that holds `row`; True when it was there before.

        Raises RowRefused for this row's own fault, StoreUnavailable for all others.
        """
        me = _Waiting(row)
        with self._mutex:
            if self._free:
                me.lane = self._free.pop()
            elif len(self._waiting) < MOST_WAITING:
                self._waiting.append(me)
            else:
                raise StoreUnavailable("Too many requests are waiting.")
        if me.lane is None:
            self._wait(me)
        if me.lane is not None:
            self._lead(me, me.lane)
        if isinstance(me.told, Exception):
            raise me.told
        return bool(me.told)

    def close(self) -> None:
        """Hang up all lanes that are free."""
        with self._mutex:
            for lane in self._free:
                lane.close()

    def _wait(self, me: _Waiting) -> None:
        if me.wake.acquire(timeout=WAIT_SECONDS):
            return
        with self._mutex:
            if me in self._waiting:
                self._waiting.remove(me)
            if me.lane is None and me.told is None:
                raise StoreUnavailable("The database is slow.")

    def _lead(self, me: _Waiting, lane: Writes) -> None:
        """Write all that wait, wake them, pass the lane on."""
        group = [me]
        try:
            with self._mutex:
                size = len(me.row.body)
                while self._waiting and len(group) < MOST_ROWS:
                    size += len(self._waiting[0].row.body)
                    if size > MOST_BYTES:
                        break
                    group.append(self._waiting.popleft())
            told = self._written(lane, [one.row for one in group])
            for one, what in zip(group, told, strict=True):
                one.told = what
        finally:
            self._pass_on(lane)
            for one in group[1:]:
                if one.told is None:
                    one.told = StoreUnavailable("The writer failed.")
                one.wake.release()

    def _written(self, lane: Writes, rows: list[Row]) -> Sequence[Told]:
        try:
            return lane.write(rows)
        except StoreUnavailable as problem:
            return [problem] * len(rows)

    def _pass_on(self, lane: Writes) -> None:
        with self._mutex:
            if self._waiting:
                heir = self._waiting.popleft()
                heir.lane = lane
                heir.wake.release()
            else:
                self._free.append(lane)

    def _reset(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._free = list(self._lanes)

    def _in_child(self) -> None:
        for lane in self._lanes:
            lane.forget()
        self._reset()
