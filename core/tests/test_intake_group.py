"""Group commit: rows that wait together are written together, and each is told its own fate."""

import os
import threading
import time

import pytest

from core.intake import group as group_module
from core.intake.group import GroupCommit
from core.intake.rows import StoreUnavailable
from core.tests.intake_helpers import RecordingLane, at_once, row


def busy_group(lane: RecordingLane, waiting: int) -> tuple[GroupCommit, list[threading.Thread]]:
    """A group whose only lane hangs in its first batch while `waiting` rows queue."""
    group = GroupCommit(lambda: lane, lanes=1)
    lane.go.clear()
    threads = [threading.Thread(target=group.store, args=(row(),)) for _ in range(waiting + 1)]
    threads[0].start()
    assert lane.entered.wait(5)
    for thread in threads[1:]:
        thread.start()
    wait_for(lambda: len(group._waiting) == waiting)
    return group, threads


def wait_for(what, seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_a_single_row_is_written_at_once() -> None:
    lane = RecordingLane()
    assert GroupCommit(lambda: lane, lanes=1).store(row()) is False
    assert [len(batch) for batch in lane.batches] == [1]


def test_rows_that_queue_behind_a_commit_share_the_next_one() -> None:
    lane = RecordingLane()
    _, threads = busy_group(lane, waiting=20)
    lane.go.set()
    for thread in threads:
        thread.join(5)
    assert [len(batch) for batch in lane.batches] == [1, 20]


def test_a_batch_is_bounded_in_rows_and_bytes(monkeypatch) -> None:
    monkeypatch.setattr(group_module, "MOST_ROWS", 8)
    lane = RecordingLane()
    _, threads = busy_group(lane, waiting=20)
    lane.go.set()
    for thread in threads:
        thread.join(5)
    assert max(len(batch) for batch in lane.batches) == 8
    assert sum(len(batch) for batch in lane.batches) == 21

    monkeypatch.setattr(group_module, "MOST_BYTES", 10)
    heavy = GroupCommit(RecordingLane, lanes=1)
    assert at_once(heavy, [row(body=b"x" * 50) for _ in range(10)]) == [False] * 10


def test_a_failing_writer_is_told_to_everybody_and_the_lane_lives_on() -> None:
    lane = RecordingLane()
    group = GroupCommit(lambda: lane, lanes=1)
    lane.failure = StoreUnavailable("away")
    told = at_once(group, [row() for _ in range(10)])
    assert all(isinstance(one, StoreUnavailable) for one in told)

    lane.failure = MemoryError("a fault of the program, not of the database")
    told = at_once(group, [row() for _ in range(10)])
    assert all(isinstance(one, MemoryError | StoreUnavailable) for one in told)

    lane.failure = None
    assert at_once(group, [row() for _ in range(10)]) == [False] * 10


def test_more_than_may_wait_is_refused_at_once(monkeypatch) -> None:
    monkeypatch.setattr(group_module, "MOST_WAITING", 5)
    lane = RecordingLane()
    group, threads = busy_group(lane, waiting=5)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        group.store(row())
    assert time.monotonic() - began < 1
    lane.go.set()
    for thread in threads:
        thread.join(5)


def test_who_waits_too_long_is_told_and_nobody_is_lost(monkeypatch) -> None:
    monkeypatch.setattr(group_module, "WAIT_SECONDS", 0.1)
    lane = RecordingLane()
    group = GroupCommit(lambda: lane, lanes=1)
    lane.go.clear()
    first = threading.Thread(target=group.store, args=(row(),))
    first.start()
    assert lane.entered.wait(5)
    with pytest.raises(StoreUnavailable):
        group.store(row())
    assert not group._waiting
    lane.go.set()
    first.join(5)
    assert group.store(row()) is False


def test_two_thousand_rows_from_fifty_threads_are_each_written_once() -> None:
    lanes = [RecordingLane(), RecordingLane()]
    free = iter(lanes)
    group = GroupCommit(lambda: next(free), lanes=2)
    rows = [[row() for _ in range(40)] for _ in range(50)]

    def work(mine) -> None:
        for one in mine:
            group.store(one)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    written = [one.key for lane in lanes for batch in lane.batches for one in batch]
    assert sorted(written) == sorted(one.key for mine in rows for one in mine)
    assert len(group._free) == 2


def test_a_forked_process_starts_with_free_lanes() -> None:
    lane = RecordingLane()
    _, threads = busy_group(lane, waiting=3)
    group = GroupCommit(RecordingLane, lanes=1)
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:  # nothing of pytest may run here
        try:
            os.write(writes, b"1" if group.store(row()) is False else b"0")
        finally:
            os._exit(0)
    assert os.read(reads, 1) == b"1"
    os.waitpid(child, 0)
    os.close(reads)
    os.close(writes)
    lane.go.set()
    for thread in threads:
        thread.join(5)
