"""A sender of the tests' own, and ways to reach the bare door in this process."""

import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import transaction

from core.intake import Arrival, Headers, SignatureRefused
from core.intake.group import GroupCommit
from core.intake.rows import Row
from core.models import Event

SECRET = "test-sender"


class TestSender:
    """Signs with a word; the body's first line is the key."""

    __test__ = False

    def verify(self, headers: Headers, body: bytes) -> Arrival:
        if not hmac.compare_digest(headers.get("x-word").encode(), SECRET.encode()):
            raise SignatureRefused("the wrong word")
        key = body.split(b"\n", 1)[0].decode("utf-8", "surrogateescape")
        kept = {"note": headers.get("x-note")}
        return Arrival(key, headers.get("x-type", "test.told"), "test:1", kept)


def new_key() -> str:
    return uuid4().hex


def row(key: str | None = None, body: bytes = b"{}") -> Row:
    return Row("test", key or new_key(), "test.told", "", body, "{}")


def stored(key: str | None = None) -> list[Event]:
    """What arrived from the tests' sender."""
    with transaction.atomic():
        events = Event.objects.filter(source="test")
        return list(events if key is None else events.filter(external_key=key))


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def served(application: Any) -> Iterator[str]:
    """`application` behind a threaded HTTP server; its address."""
    server = make_server("127.0.0.1", 0, application, _Threaded, _Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class RecordingLane:
    """Stands for a database: remembers batches, may be told to wait or to fail."""

    def __init__(self) -> None:
        self.batches: list[list[Row]] = []
        self.go = threading.Event()
        self.go.set()
        self.entered = threading.Event()
        self.failure: Exception | None = None

    def write(self, rows: list[Row]) -> list[bool | Exception]:
        self.entered.set()
        self.go.wait(10)
        if self.failure is not None:
            raise self.failure
        self.batches.append(rows)
        return [False] * len(rows)

    def close(self) -> None: ...

    def forget(self) -> None: ...


def at_once(group: GroupCommit, rows: list[Row]) -> list[bool | Exception]:
    """Store each row from a thread of its own; what each was told."""
    told: list[bool | Exception] = [False] * len(rows)

    def store(at: int) -> None:
        try:
            told[at] = group.store(rows[at])
        except Exception as error:
            told[at] = error

    threads = [threading.Thread(target=store, args=(at,)) for at in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
