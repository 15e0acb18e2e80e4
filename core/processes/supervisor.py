"""Keeps a handful of programs running until it is told to stop."""

import signal
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

from core.processes.leftovers import remember
from core.processes.output import say
from core.processes.program import Child, Program

LOOK_SECONDS = 0.2
STOP_SECONDS = 8.0
"""How long programs may take to finish what they do; then they are killed. Work that is cut off
is done again: rows remember it, processes do not."""


class Supervisor:
    """Start programs, restart the ones that end, stop all of them."""

    def __init__(self, programs: Iterable[Program], folder: Path) -> None:
        self._children = [Child(program, number) for number, program in enumerate(programs)]
        self._folder = folder
        self._told_to_stop = threading.Event()
        self._stop_requests = 0

    def stop_on_signals(self) -> None:
        """Ctrl-C, SIGTERM or a closed terminal end `run`; a second one ends it at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_requests += 1
        self._told_to_stop.set()

    def stop(self) -> None:
        """Make `run` return. May be called from any thread."""
        self._told_to_stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._told_to_stop.is_set()

    def start(self) -> None:
        """Start every program once."""
        for child in self._children:
            if self.stopping:
                return
            child.start()
        self._remember()

    def run(self, each_look: Callable[[], None] | None = None) -> None:
        """Look after the programs until told to stop, then stop them."""
        try:
            while not self._told_to_stop.wait(LOOK_SECONDS):
                started = [child.look_after() for child in self._children]
                if any(started):
                    self._remember()
                if each_look is not None:
                    each_look()
        finally:
            self.stop_all()

    def stop_all(self) -> None:
        """Ask every program to stop, wait a little, kill what is left."""
        self._told_to_stop.set()
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and self._stop_requests < 2:
            if not any(child.is_running() for child in self._children):
                break
            time.sleep(0.05)
        late = [child.program.name for child in self._children if child.is_running()]
        if late:
            say(f"Still busy, ended now: {', '.join(late)}.")
        for child in self._children:
            child.kill_group()
        self._remember()

    def restarts(self) -> dict[str, int]:
        """How often each program was started again."""
        return {child.program.name: child.restarts for child in self._children}

    def pids(self) -> dict[str, int]:
        """The present process of each running program."""
        return {
            child.program.name: child.pid
            for child in self._children
            if child.pid is not None and child.is_running()
        }

    def _remember(self) -> None:
        remember(self._folder, self.pids().values())
