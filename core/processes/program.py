"""One program under supervision: its command, and its life as a child process."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.processes.output import prefix, pump, say

FIRST_PAUSE = 0.5
"""Seconds before the first restart; doubled for each further one."""

LONGEST_PAUSE = 3.0
STEADY_SECONDS = 30.0
"""A program that ran this long counts as healthy: its next restart is quick again."""


@dataclass(frozen=True)
class Program:
    """What to run. `environment` is added to our own."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """A program's present process; when it ends it is started again, later each time."""

    def __init__(self, program: Program, number: int) -> None:
        self.program = program
        self.restarts = 0
        self._beginning = prefix(program.name, number)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._pause = FIRST_PAUSE

    @property
    def pid(self) -> int | None:
        """Process number, which is also the number of its process group."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it in a process group of its own: the terminal's Ctrl-C reaches only us."""
        self._process = subprocess.Popen(  # noqa: S603 - our own commands
            list(self.program.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
            start_new_session=True,
        )
        self._started_at = time.monotonic()
        assert self._process.stdout is not None  # noqa: S101 - PIPE was asked for
        pump(self._process.stdout, self._beginning)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def look_after(self) -> bool:
        """Note an end, start again when the pause is over; True when a new process was started."""
        now = time.monotonic()
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return False
            self._note_end(code, now)
        if now < self._start_again_at:
            return False
        self.restarts += 1
        self.start()
        return True

    def _note_end(self, code: int, now: float) -> None:
        self.kill_group()  # what it left behind would hold ports and do work twice
        self._process = None
        if now - self._started_at >= STEADY_SECONDS:
            self._pause = FIRST_PAUSE
        self._start_again_at = now + self._pause
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        say(f"{self._beginning}{how}; starting it again in {self._pause:g} s")
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        """SIGTERM to the process itself: it tells its own children in its own way."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    def kill_group(self) -> None:
        """SIGKILL to the process and everything it started that is still there."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
