"""`manage.py up`: one command, everything runs; one Ctrl-C, everything is gone."""

import re
import socket
from collections.abc import Iterator

import pytest

from core.tests.embedded.servers import eventually, new_folder, server_processes
from tests.fresh_machine.house import House, house

pytestmark = [pytest.mark.slow, pytest.mark.faults]


@pytest.fixture(scope="module")
def running() -> Iterator[House]:
    with new_folder() as parent, house(parent / "data") as built:
        built.wait_until_ready()
        yield built


def test_one_line_tells_the_address_when_it_is_ready(running: House) -> None:
    (line,) = running.ready_lines()
    assert f"http://127.0.0.1:{running.port} " in line
    assert running.get("/health/ready/") == 200


def test_web_worker_beat_and_rehearsal_run(running: House) -> None:
    for part in ("granian", "celery --quiet -A config.celery worker", "beat", "rehearsal"):
        assert running.process_named(part).is_running()


def test_without_demo_data_no_logins_are_told(running: House) -> None:
    assert "tradewind-demo" not in running.said


def test_no_secret_is_said(running: House) -> None:
    secrets = (running.data_dir / "secrets.json").read_text()
    for secret in re.findall(r'": "([^"]+)"', secrets):
        assert secret not in running.said


def test_a_killed_web_process_comes_back(running: House) -> None:
    web = running.process_named("granian")
    web.kill()
    assert eventually(lambda: not web.is_running())
    assert eventually(lambda: running.get("/health/ready/") == 200, seconds=30)
    assert "was ended by SIGKILL; starting it again in 0.5 s" in running.said
    assert len(running.ready_lines()) == 1


def test_a_killed_web_child_comes_back(running: House) -> None:
    web = running.process_named("granian")
    before = {child.pid for child in web.children()}
    web.children()[0].kill()
    assert eventually(lambda: bool({child.pid for child in web.children()} - before), seconds=30)
    assert eventually(lambda: running.get("/health/ready/") == 200, seconds=30)


@pytest.mark.parametrize("server", ["postgres", "redis-server"])
def test_a_killed_server_comes_back(running: House, server: str) -> None:
    victim = next(each for each in server_processes(running.data_dir) if each.name() == server)
    victim.kill()
    assert eventually(
        lambda: (
            {"postgres", "redis-server"}
            == {
                each.name() for each in server_processes(running.data_dir) if each.pid != victim.pid
            }
        ),
        seconds=30,
    )
    assert eventually(lambda: running.get("/health/ready/") == 200, seconds=30)


def test_a_second_one_on_the_same_data_is_refused(running: House) -> None:
    second = House(running.data_dir)
    second.process.wait(120)
    second.finish_reading()
    assert second.process.returncode == 1
    assert "Tradewind already runs on" in second.said
    assert running.get("/health/ready/") == 200


def test_a_taken_port_is_told_with_a_way_out() -> None:
    with socket.socket() as stranger, new_folder() as parent:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        with house(parent / "data", "--port", str(port)) as built:
            built.process.wait(60)
            assert built.process.returncode == 1
            assert eventually(lambda: f"Port {port} is in use by another program" in built.said)
            assert "Traceback" not in built.said
            assert server_processes(parent / "data") == []
