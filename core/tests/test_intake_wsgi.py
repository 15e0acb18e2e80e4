"""The bare door on a real database: shared commits, lost connections, a database that is away."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction

from core.intake import lane as lane_module
from core.intake import wsgi
from core.intake.door import MOST_BYTES
from core.intake.group import GroupCommit
from core.intake.lane import Lane
from core.intake.rows import RowRefused, StoreUnavailable
from core.intake.sources import SOURCES
from core.tests.intake_helpers import SECRET, TestSender, at_once, new_key, row, served, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(monkeypatch, transactional_db) -> Iterator[GroupCommit]:
    """The door's own lanes, hung up afterwards so that the test database can go."""
    monkeypatch.setitem(SOURCES, "test", TestSender())
    made = GroupCommit(Lane)
    monkeypatch.setattr(wsgi, "group", made)
    yield made
    made.close()


@pytest.fixture
def door(group: GroupCommit) -> Iterator[httpx.Client]:
    with (
        served(wsgi.with_webhooks(get_wsgi_application())) as url,
        httpx.Client(base_url=url, headers={"X-Word": SECRET}, timeout=20) as http,
    ):
        yield http


def lanes_of_this_process() -> list[int]:
    """Server processes of connections that are not Django's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT external_key%%' "
            "AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def test_what_is_answered_200_is_committed(door: httpx.Client) -> None:
    key = new_key()
    answer = door.post("/webhooks/test/", content=key, headers={"X-Request-ID": "given-by-us"})
    assert answer.status_code == 200
    assert answer.headers["X-Request-ID"] == "given-by-us"
    assert len(stored(key)) == 1


def test_other_paths_are_djangos(door: httpx.Client) -> None:
    assert door.get("/health/live/").headers["X-Request-ID"]
    assert door.get("/webhook").status_code == 404


def test_the_bare_door_refuses_as_the_view_does(door: httpx.Client) -> None:
    assert door.get("/webhooks/test/").status_code == 405
    assert door.post("/webhooks/nobody/", content=b"x").status_code == 404
    assert door.post("/webhooks/test/", content=b"x", headers={"X-Word": "no"}).status_code == 401
    too_much = b"x" * (MOST_BYTES + 1)
    assert door.post("/webhooks/test/", content=too_much).status_code == 413
    assert not stored()


def test_concurrent_requests_are_each_stored_once(door: httpx.Client) -> None:
    keys = [new_key() for _ in range(60)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda k: door.post("/webhooks/test/", content=k), keys * 2))
    assert {answer.status_code for answer in answers} == {200}
    events = stored()
    assert sorted(event.external_key for event in events) == sorted(keys)
    assert {event.duplicates for event in events} == {1}


def test_rows_that_wait_together_share_a_commit(group: GroupCommit, monkeypatch) -> None:
    sizes, write = [], Lane._write
    monkeypatch.setattr(
        Lane, "_write", lambda lane, rows: sizes.append(len(rows)) or write(lane, rows)
    )
    assert at_once(group, [row() for _ in range(100)]) == [False] * 100
    assert sum(sizes) == 100
    assert len(sizes) < 80


def test_a_row_the_database_refuses_fails_alone(group: GroupCommit) -> None:
    rows = [row() for _ in range(30)]
    rows[7] = rows[7]._replace(headers="{not json")
    rows[19] = rows[19]._replace(type="a\x00b")
    told = at_once(group, rows)
    assert [n for n, one in enumerate(told) if isinstance(one, RowRefused)] == [7, 19]
    assert told.count(False) == 28
    assert len(stored()) == 28


def test_a_lost_connection_is_made_again_without_losing_the_batch(group: GroupCommit) -> None:
    group.store(row())
    with connection.cursor() as cursor:
        for pid in lanes_of_this_process():
            cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
    key = new_key()
    assert group.store(row(key)) is False
    assert len(stored(key)) == 1


def test_a_database_that_is_away_is_told_with_503(door: httpx.Client, monkeypatch) -> None:
    def refused(**_) -> None:
        raise psycopg.OperationalError("connection refused")

    with monkeypatch.context() as away:
        away.setattr(lane_module.psycopg, "connect", refused)
        answer = door.post("/webhooks/test/", content=new_key())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json()["error"]["code"] == "unavailable"
    assert door.post("/webhooks/test/", content=new_key()).status_code == 200


def test_a_row_behind_a_lock_is_told_as_unavailable_and_not_lost_track_of(
    group: GroupCommit,
) -> None:
    for lane in group._lanes:
        lane._connected().execute("SET lock_timeout = 200")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_event IN EXCLUSIVE MODE")
        with pytest.raises(StoreUnavailable):
            group.store(row())
    assert group.store(row()) is False


def test_lanes_log_in_as_the_unprivileged_role(group: GroupCommit) -> None:
    own = Lane()
    try:
        (name,) = own._connected().execute("SELECT current_user").fetchone()
        assert name == "tradewind_app"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own._connected().execute("SELECT count(*) FROM core_event")
    finally:
        own.close()


def test_requests_in_many_threads_do_not_hold_up_each_other(door: httpx.Client) -> None:
    started = threading.Barrier(12)

    def send(number: int) -> int:
        started.wait(5)
        return door.post("/webhooks/test/", content=f"{number}-{new_key()}").status_code

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(send, range(12))) == {200}
