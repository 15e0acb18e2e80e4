"""The circuit breaker: opens early, shared by processes, lets one probe through, closes alone."""

import threading
import time
from uuid import uuid4

import pytest
import redis

from core.outbound import CircuitOpen
from core.outbound import breaker as rules
from core.outbound.breaker import Breaker, State, Store
from core.outbound.breaker_stores import MemoryStore, RedisStore, SharedStore


@pytest.fixture(params=[RedisStore, MemoryStore], ids=["redis", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    return request.param()


@pytest.fixture
def breaker(store: Store) -> Breaker:
    return Breaker(f"test-{uuid4()}", "pay", store)


def call(breaker: Breaker, *, failed: bool) -> None:
    breaker.leave(failed=failed, probe=breaker.enter())


def fail_until_open(breaker: Breaker) -> int:
    for number in range(1, 50):
        call(breaker, failed=True)
        if breaker.store.look(breaker.name)[0] is not State.CLOSED:
            return number
    raise AssertionError("never opened")


def test_it_opens_within_ten_failures(breaker: Breaker) -> None:
    assert fail_until_open(breaker) <= 10
    with pytest.raises(CircuitOpen):
        breaker.enter()


def test_it_opens_within_ten_failures_also_after_a_good_hour(breaker: Breaker) -> None:
    for _ in range(100):
        call(breaker, failed=False)
    assert fail_until_open(breaker) <= 10


def test_half_of_the_calls_failing_opens_it_although_the_other_half_succeeds(
    breaker: Breaker,
) -> None:
    for number in range(6):
        if breaker.store.look(breaker.name)[0] is not State.CLOSED:
            break
        call(breaker, failed=number % 2 == 0)
    assert breaker.store.look(breaker.name)[0] is State.COOLING


def test_a_few_failures_among_many_calls_do_not(breaker: Breaker) -> None:
    for number in range(40):
        call(breaker, failed=number % 10 == 9)
    assert breaker.enter() is False


def test_after_the_cool_down_exactly_one_of_fifty_probes(
    breaker: Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "COOL_DOWN_SECONDS", 0.05)
    fail_until_open(breaker)
    time.sleep(0.1)
    start = threading.Barrier(50)
    probes: list[bool] = []

    def try_it() -> None:
        start.wait()
        try:
            probes.append(breaker.enter())
        except CircuitOpen:
            probes.append(False)

    threads = [threading.Thread(target=try_it) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert probes.count(True) == 1


def test_a_good_probe_closes_it_and_a_bad_one_does_not(
    breaker: Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "COOL_DOWN_SECONDS", 0.05)
    fail_until_open(breaker)
    time.sleep(0.1)
    call(breaker, failed=True)
    assert breaker.store.look(breaker.name)[0] is State.COOLING
    time.sleep(0.1)
    call(breaker, failed=False)
    assert breaker.store.look(breaker.name)[0] is State.CLOSED
    call(breaker, failed=True)
    assert breaker.enter() is False, "the sheet is clean after closing"


def test_processes_share_what_they_learnt() -> None:
    name = f"test-{uuid4()}"
    fail_until_open(Breaker(name, "pay", RedisStore()))
    with pytest.raises(CircuitOpen):
        Breaker(name, "pay", RedisStore()).enter()


def test_without_redis_each_process_guards_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    monkeypatch.setattr("core.outbound.breaker_stores.client", lambda: gone)
    store = SharedStore()
    breaker = Breaker(f"test-{uuid4()}", "pay", store)
    assert fail_until_open(breaker) <= 10
    began = time.monotonic()
    for _ in range(50):
        with pytest.raises(CircuitOpen):
            breaker.enter()
    assert time.monotonic() - began < 0.2, "a dead Redis is not asked by every call"
