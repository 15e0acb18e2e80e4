"""Several processes use the same servers; the last one to leave stops them."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.embedded import broker, ensure_running, lease, stop_all
from core.embedded.folder import open_folder
from core.embedded.keyring import load_or_make_keyring
from core.tests.embedded.servers import ROOT, Holder, data_folder, one, server_processes

pytestmark = pytest.mark.slow


def test_the_last_holder_to_leave_stops_the_servers(made: Path) -> None:
    with data_folder(made) as path:
        first, second = Holder(path), Holder(path)
        assert first.database_url == second.database_url
        first.leave()
        assert one(second.database_url, "SELECT 1") == 1
        assert len(server_processes(path)) == 2
        second.leave()
        assert server_processes(path) == []


def test_a_killed_holder_does_not_keep_the_servers(made: Path) -> None:
    with data_folder(made) as path:
        first, second = Holder(path), Holder(path)
        first.kill()
        assert one(second.database_url, "SELECT 1") == 1
        second.leave()
        assert server_processes(path) == []


def test_servers_left_by_a_killed_holder_are_taken_over(made: Path) -> None:
    with data_folder(made) as path:
        Holder(path).kill()
        before = {process.pid for process in server_processes(path)}
        with lease(path) as services:
            assert one(services.database_url, "SELECT 1") == 1
            assert {process.pid for process in server_processes(path)} == before
        assert server_processes(path) == []


def test_held_servers_are_not_stopped_by_request(made: Path) -> None:
    with data_folder(made) as path:
        with lease(path):
            assert stop_all(path) is False
            assert len(server_processes(path)) == 2
        ensure_running(path)
        assert stop_all(path) is True
        assert server_processes(path) == []


def test_processes_that_start_at_once_share_one_cluster(tmp_path: Path) -> None:
    with data_folder(tmp_path / "data") as path:
        script = (
            "import sys; from pathlib import Path; from core.embedded import ensure_running;"
            "print(ensure_running(Path(sys.argv[1])).redis_url)"
        )
        starters = [
            subprocess.Popen(
                [sys.executable, "-c", script, str(path)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        said = [starter.communicate(timeout=120) for starter in starters]
        assert [starter.returncode for starter in starters] == [0, 0, 0, 0], said
        assert len({out for out, _ in said}) == 1


def test_a_forked_child_does_not_keep_the_servers(made: Path) -> None:
    with data_folder(made) as path:
        script = (
            "import os, sys, time; from pathlib import Path; from core.embedded import lease\n"
            "with lease(Path(sys.argv[1])):\n"
            "    if os.fork() == 0:\n"
            "        time.sleep(5); os._exit(0)\n"
        )
        subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=True, timeout=60)
        assert server_processes(path) == []


def test_nobody_waits_for_a_server_that_ended_to_be_buried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its parent is process 1, which in a container may never ask after its children."""
    careless = ["sh", "-c", "true & echo $!; exec sleep 60"]
    with subprocess.Popen(careless, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        dead = psutil.Process(int(parent.stdout.readline()))
        monkeypatch.setattr(broker, "_process", lambda folder: dead)
        folder = open_folder(tmp_path / "data")
        begun = time.monotonic()
        broker.stop(folder, load_or_make_keyring(folder))
        assert time.monotonic() - begun < broker.STOP_SECONDS / 2
        parent.kill()
