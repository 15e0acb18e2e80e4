"""Real servers in throw-away data folders, for the tests of core/embedded."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from core.embedded import stop_all
from core.embedded.folder import DataFolder

ROOT = Path(__file__).resolve().parents[3]

HOLD = """
import sys
from pathlib import Path
from core.embedded import lease
with lease(Path(sys.argv[1])) as services:
    print(services.database_url, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def new_folder() -> Iterator[Path]:
    """An empty folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tradewind-", ignore_cleanup_errors=True) as path:
        yield Path(path)


def copy_made_once(made: Path, path: Path) -> Path:
    """A data folder with a cluster and its secrets, as a first start leaves them."""
    path.mkdir(parents=True)
    whole = ["cp", "-a", str(made / "postgres"), str(made / "secrets.json"), str(path)]
    subprocess.run(whole, check=True)
    return path


@contextmanager
def data_folder(path: Path) -> Iterator[Path]:
    """A data folder whose servers are gone afterwards, whatever the test did to them."""
    try:
        yield path
    finally:
        stop_all(path)
        kill_everything(path)


def kill_everything(path: Path) -> None:
    """SIGKILL to both servers and their children at once, as a power cut would."""
    for process in server_processes(path):
        with_children = [process, *process.children(recursive=True)]
        for each in with_children:
            try:
                os.kill(each.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def server_processes(path: Path) -> list[psutil.Process]:
    """The living postmaster and redis-server of a data folder."""
    folder = DataFolder(path.resolve())
    found = []
    for file in (folder.cluster / "postmaster.pid", folder.run / "redis.pid"):
        try:
            process = psutil.Process(int(file.read_text().split()[0]))
            name = process.name()
        except (OSError, ValueError, IndexError, psutil.Error):
            continue
        if name in {"postgres", "redis-server"} and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


class Holder:
    """Another process that holds a lease until it is told to leave."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.database_url = self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def one(database_url: str, query: str) -> object:
    """The first value a query gives."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]  # literal SQL
    assert row is not None
    return row[0]


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
