"""The supervisor: starts, restarts, tells, stops."""

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
import pytest

from core.processes import Program, Supervisor
from core.processes.leftovers import AlreadyRunningError, end_leftovers, only_supervisor, remember
from core.tests.embedded.servers import eventually

pytestmark = pytest.mark.slow

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print('child', child.pid, flush=True); time.sleep(60)"
)


def program(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


@contextmanager
def running(supervisor: Supervisor) -> Iterator[None]:
    supervisor.start()
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield
    finally:
        supervisor.stop()
        thread.join(30)
        assert not thread.is_alive()


def test_a_program_that_ends_is_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor([program("one", SLEEP), program("two", SLEEP)], tmp_path)
    with running(supervisor):
        before = supervisor.pids()
        os.kill(before["one"], signal.SIGKILL)
        assert eventually(lambda: supervisor.pids().get("one") not in {None, before["one"]})
        assert supervisor.pids()["two"] == before["two"]
        assert supervisor.restarts() == {"one": 1, "two": 0}


def test_a_program_that_ends_at_once_is_started_ever_more_seldom(tmp_path: Path) -> None:
    supervisor = Supervisor([program("broken", "raise SystemExit(3)")], tmp_path)
    with running(supervisor):
        time.sleep(3)
        # after 0.5 s, 1 s and 2 s, not in a busy loop
        assert 1 <= supervisor.restarts()["broken"] <= 3


def test_each_line_begins_with_the_name_of_its_program(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = []
    supervisor = Supervisor(
        [program("web", SLEEP), program("beat", "raise SystemExit(3)")], tmp_path
    )
    with running(supervisor):
        assert eventually(
            lambda: (
                lines.extend(capfd.readouterr().out.splitlines())
                or ("web       | up" in lines and any("ended with 3" in line for line in lines))
            )
        )
    assert "beat      | ended with 3; starting it again in 0.5 s" in lines


def test_stopping_ends_all_programs_within_moments(tmp_path: Path) -> None:
    supervisor = Supervisor([program("one", SLEEP), program("two", SLEEP)], tmp_path)
    with running(supervisor):
        pids = supervisor.pids().values()
        begun = time.monotonic()
    assert time.monotonic() - begun < 4
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_program_that_will_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("core.processes.supervisor.STOP_SECONDS", 0.5)
    supervisor = Supervisor([program("deaf", STUBBORN)], tmp_path)
    with running(supervisor):
        pid = supervisor.pids()["deaf"]
        assert eventually(lambda: "up" in capfd.readouterr().out)
    assert not psutil.pid_exists(pid)


def test_children_of_a_program_end_with_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    supervisor = Supervisor([program("parent", PARENT)], tmp_path)
    with running(supervisor):
        assert eventually(lambda: bool(said.append(capfd.readouterr().out)) or "child" in said[-1])
        grandchild = int(said[-1].split()[-1])
        assert psutil.pid_exists(grandchild)
    assert eventually(lambda: not _lives(grandchild))


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_processes_of_a_killed_run_are_ended_by_the_next_one(tmp_path: Path) -> None:
    left = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    remember(tmp_path, [left.pid])
    assert end_leftovers(tmp_path) == 1
    assert left.wait(10) == -signal.SIGKILL
    assert end_leftovers(tmp_path) == 0


def test_a_number_that_now_belongs_to_another_program_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    try:
        (tmp_path / "processes.json").write_text(f'{{"{other.pid}": 1.0}}')
        assert end_leftovers(tmp_path) == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_one_folder_has_one_supervisor(tmp_path: Path) -> None:
    with (
        only_supervisor(tmp_path),
        pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"),
        only_supervisor(tmp_path),
    ):
        pass
    with only_supervisor(tmp_path):  # the former one left
        pass
