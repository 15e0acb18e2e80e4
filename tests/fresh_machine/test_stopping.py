"""However a run ends, the next one begins with nothing in its way."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.tests.embedded.servers import eventually, new_folder, server_processes
from tests.fresh_machine.house import house

pytestmark = [pytest.mark.slow, pytest.mark.faults]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One folder for all runs of this file: they follow each other."""
    with new_folder() as parent:
        yield parent / "data"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_stop_ends_everything_within_seconds(data_dir: Path, number: int) -> None:
    with house(data_dir) as built:
        built.wait_until_ready()
        started = built.processes()
        assert len(started) >= 4
        assert built.stop(number) < 12
        assert built.process.returncode == 0
        assert [each for each in started if lives(each)] == []
        assert server_processes(data_dir) == []
        assert "Traceback" not in built.said


def test_being_told_to_stop_during_the_set_up_ends_it(data_dir: Path) -> None:
    with house(data_dir) as built:
        assert eventually(lambda: "Preparing the database." in built.said, seconds=60)
        assert built.stop() < 12
        assert built.ready_lines() == []
        assert server_processes(data_dir) == []
        assert "Traceback" not in built.said


def test_a_run_killed_with_its_servers_starts_again(data_dir: Path) -> None:
    with house(data_dir) as first:
        first.wait_until_ready()
        left = first.processes()
        first.process.kill()
        first.process.wait()
        assert any(lives(each) for each in left)
        for server in server_processes(data_dir):
            server.kill()
        with house(data_dir) as second:
            second.wait_until_ready()
            assert second.get("/health/ready/") == 200
            assert "Ended processes that a killed run had left behind." in second.said
            assert not any(lives(each) for each in left)


def lives(process: psutil.Process) -> bool:
    """Whether a process still runs; one that waits to be buried does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
