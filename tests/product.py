"""The whole product, started as its operator would: `manage.py up` on a data folder of its own.

with running_product(tmp_path) as product:
    product.http.post("/api/v1/carts/", json={"currency": "EUR"})
    product.rehearsal.mails(to="...")
    product.manage("shell", "-c", "...")
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from core.embedded import ensure_running
from core.tests.embedded.servers import new_folder
from rehearsal.client import Rehearsal

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(r"Tradewind is ready: (http://127\.0\.0\.1:\d+)")
REHEARSAL = re.compile(r"Rehearsal is ready: (http://127\.0\.0\.1:\d+) .*:(\d+)\)")
START_SECONDS = 180.0


@dataclass
class Product:
    """A running Tradewind with its rehearsal of the outside world."""

    url: str
    rehearsal: Rehearsal
    process: subprocess.Popen[str]
    environment: dict[str, str]
    output: list[str]
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def manage(self, *arguments: str, timeout: float = 120) -> str:
        """Run a management command against this product; returns what it printed.

        Fails with the output when the command does.
        """
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert done.returncode == 0, f"manage.py {arguments[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a question to the record, asked beside the product under the system role."""
        url = self.environment.get("DATABASE_URL") or ensure_running(self.data).database_url
        with psycopg.connect(url) as connection:
            connection.execute("SET ROLE tw_system")
            return connection.execute(sql).fetchall()

    @property
    def data(self) -> Path:
        """The data folder of this product."""
        return Path(self.environment["DATA_DIR"])

    def children(self, name: str) -> list[int]:
        """Process ids below `manage.py up` whose command line holds `name`."""
        found = []
        for pid in descendants(self.process.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if name in command.replace("\0", " "):
                found.append(pid)
        return found


def descendants(root: int) -> list[int]:
    """All processes below `root`, children before grandchildren."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, queue = [], [root]
    while queue:
        below = parents.get(queue.pop(0), [])
        found += below
        queue += below
    return found


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def product_environment(data: Path) -> dict[str, str]:
    """The suite's environment without its servers and keys, unless the servers are outside ones."""
    dropped = {"SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DJANGO_SETTINGS_MODULE"}
    if os.environ.get("TESTS_OWN_SERVERS"):
        dropped |= {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
    else:
        dropped -= {"SECRET_KEY", "FIELD_ENCRYPTION_KEYS"}
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in dropped and not key.startswith("PYTEST_")
    }
    return kept | {"DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}


@contextmanager
def running_product(*arguments: str, demo: bool = False) -> Iterator[Product]:
    """Start `manage.py up` on a new folder, wait until it says that it is ready, stop it after."""
    with new_folder() as data:
        yield from _run(product_environment(data), arguments, demo=demo)


def _run(environment: dict[str, str], arguments: Sequence[str], *, demo: bool) -> Iterator[Product]:
    flags = [] if demo else ["--no-demo"]
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(free_port()), *flags, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    output: list[str] = []
    reader = threading.Thread(target=_read, args=(process, output), daemon=True)
    reader.start()
    try:
        url, rehearsal_url, smtp_port = _wait_until_ready(process, output)
        rehearsal = Rehearsal(rehearsal_url, int(smtp_port))
        product = Product(url, rehearsal, process, environment, output)
        with rehearsal, product.http:
            yield product
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(5)
        if process.stdout is not None:
            process.stdout.close()


def _read(process: subprocess.Popen[str], output: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        output.append(line.rstrip("\n"))


def _wait_until_ready(process: subprocess.Popen[str], output: list[str]) -> tuple[str, str, str]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        text = "\n".join(output)
        ready, rehearsal = READY.search(text), REHEARSAL.search(text)
        if ready and rehearsal:
            return ready[1], rehearsal[1], rehearsal[2]
        time.sleep(0.1)
    raise AssertionError("Tradewind did not start:\n" + "\n".join(output[-60:]))
