"""A database of the benchmarks' own, and processes started for them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from core.database.owner import owner_login
from core.identity import acting_as_system

ROOT = Path(__file__).resolve().parent.parent


def prepare() -> None:
    """Tables up to date, event log empty."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True
    )
    empty_event_log()


def empty_event_log() -> None:
    """No events, no deliveries, fresh statistics."""
    with owner_login(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_event, core_delivery RESTART IDENTITY CASCADE")
        cursor.execute("VACUUM ANALYZE core_event, core_delivery")


@contextmanager
def asking() -> Iterator[None]:
    """A transaction of the house, for looking."""
    with acting_as_system("benchmark"), transaction.atomic():
        yield


@contextmanager
def program(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process for the length of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ.copy(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
