"""Limits: exact in Redis, never gone when Redis is."""

import secrets
from collections.abc import Iterator

import pytest
import redis

from core import limits
from core.cache import RedisOrMemoryCache
from core.errors import RateLimited
from core.limits import Limit
from core.redis import client


@pytest.fixture
def limit() -> Limit:
    return Limit(f"test-{secrets.token_hex(4)}", "3/minute")


@pytest.fixture
def redis_is_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real client that talks to a port where nobody listens."""
    dead = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(limits, "client", lambda: dead)
    limits._shared.cache_clear()
    yield
    limits._shared.cache_clear()
    limits._local_until = 0.0


def spend(limit: Limit, times: int, *who: str) -> int:
    """How many of so many tries were let through."""
    through = 0
    for _ in range(times):
        try:
            limit.spend(*who)
        except RateLimited:
            continue
        through += 1
    return through


def test_so_many_and_no_more_each(limit: Limit) -> None:
    assert spend(limit, 5, "ann", "10.0.0.1") == 3
    assert spend(limit, 5, "bob", "10.0.0.1") == 3


def test_the_refusal_says_how_long_to_wait(limit: Limit) -> None:
    spend(limit, 3, "ann")
    with pytest.raises(RateLimited) as refusal:
        limit.spend("ann")
    assert 1 <= refusal.value.retry_after <= 60
    with pytest.raises(RateLimited):
        limit.check("ann")


def test_looking_does_not_count_and_giving_back_forgets(limit: Limit) -> None:
    for _ in range(9):
        limit.check("ann")
    spend(limit, 3, "ann")
    limit.give_back("ann")
    assert spend(limit, 5, "ann") == 3


def test_names_are_not_mixed_up_by_where_they_are_cut(limit: Limit) -> None:
    assert spend(limit, 3, "ab", "c") == 3
    assert spend(limit, 3, "a", "bc") == 3


def test_redis_holds_no_addresses(limit: Limit) -> None:
    limit.spend("somebody@example.com")
    keys = [key.decode() for key in client().scan_iter(match=f"*{limit.name}*")]
    assert keys
    assert not [key for key in keys if "somebody" in key]


def test_without_redis_tries_are_still_counted(limit: Limit, redis_is_away: None) -> None:
    assert spend(limit, 6, "ann") == 3


def test_without_redis_nobody_waits_for_it_twice(limit: Limit, redis_is_away: None) -> None:
    import time

    limit.spend("ann")
    began = time.monotonic()
    spend(limit, 50, "bob")
    assert time.monotonic() - began < 0.2


def test_the_cache_goes_on_in_memory_while_redis_is_away() -> None:
    cache = RedisOrMemoryCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_timeout": 0.2}})
    try:
        assert cache.get("a", "nothing") == "nothing"
        cache.set("a", 1, 30)
        assert cache.get("a") == 1
        assert cache.add("a", 2, 30) is False, "a one-time code counts once, here too"
        assert cache.add("b", 2, 30) is True
        assert cache.incr("a") == 2
        cache.set_many({"c": 3}, 30)
        assert cache.get_many(["a", "c"]) == {"a": 2, "c": 3}
        assert cache.touch("c", 60) is True
        assert cache.has_key("c")
        cache.delete_many(["a"])
        assert cache.delete("c") is True
        cache.clear()
        assert cache.get("b") is None
    finally:
        RedisOrMemoryCache._local_until = 0.0
