"""A whole Tradewind in processes of its own, as `make run` starts it."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from core.embedded import stop_all
from core.processes.ready import free_port
from core.tests.embedded.servers import kill_everything

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
STOP_SECONDS = 20
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "TRADEWIND_EMBEDDED", "BASE_URL")


class House:
    """`manage.py up` on a data folder, with everything it says."""

    def __init__(self, data_dir: Path, *options: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.lines: list[str] = []
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        environment |= {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "config.settings.base"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port), "--no-demo", *options],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip())

    def finish_reading(self) -> None:
        """Wait for the last line; all who could write one are gone."""
        self._reader.join(10)

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def ready_lines(self) -> list[str]:
        return [line for line in self.lines if line.startswith("Tradewind is ready:")]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.ready_lines():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def get(self, path: str) -> int:
        """The status of a page, 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def processes(self) -> list[psutil.Process]:
        """Everything this house started, the servers aside."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def process_named(self, part: str) -> psutil.Process:
        """The main process of one program: part of its command line tells which."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if part in " ".join(child.cmdline()))

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Tell it to stop; the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(STOP_SECONDS)
        self.finish_reading()
        return time.monotonic() - begun


@contextmanager
def house(data_dir: Path, *options: str) -> Iterator[House]:
    """A house whose processes and servers are gone afterwards."""
    built = House(data_dir, *options)
    try:
        yield built
    finally:
        left = built.processes() if built.process.poll() is None else []
        built.process.kill()
        built.process.wait()
        for process in left:
            if process.is_running():
                process.kill()
        built.finish_reading()
        stop_all(data_dir)
        kill_everything(data_dir)
