"""Killed runs start again by themselves; what cannot be repaired is told in a sentence."""

import os
import socket
from pathlib import Path

import psycopg
import pytest

from core.embedded import EmbeddedError, ensure_running, lease
from core.embedded.broker import saved_port
from core.embedded.folder import DataFolder
from core.tests.embedded.servers import (
    data_folder,
    eventually,
    kill_everything,
    one,
    server_processes,
)

pytestmark = pytest.mark.slow


def test_a_run_killed_with_its_servers_starts_again_with_all_committed_rows(
    made: Path,
) -> None:
    with data_folder(made) as path:
        services = ensure_running(path)
        with psycopg.connect(services.owner_database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        kill_everything(path)
        assert (path / "postgres" / "postmaster.pid").exists()
        with lease(path) as again:
            assert one(again.owner_database_url, "SELECT count(*) FROM kept") == 1000
            assert again == services


def test_a_pid_file_whose_number_now_belongs_to_another_program_is_no_obstacle(
    made: Path,
) -> None:
    with data_folder(made) as path:
        ensure_running(path)
        postmaster = server_processes(path)[0]
        kill_everything(path)
        assert eventually(lambda: postmaster not in server_processes(path))
        pid_file = path / "postgres" / "postmaster.pid"
        _, _, rest = pid_file.read_text().partition("\n")
        pid_file.write_text(f"{os.getppid()}\n{rest}")
        with lease(path) as services:
            assert one(services.database_url, "SELECT 1") == 1


def test_an_empty_pid_file_is_no_obstacle(made: Path) -> None:
    with data_folder(made) as path:
        ensure_running(path)
        kill_everything(path)
        (path / "postgres" / "postmaster.pid").write_text("")
        with lease(path) as services:
            assert one(services.database_url, "SELECT 1") == 1


@pytest.mark.parametrize("which", ["postgres", "redis-server"])
def test_one_server_that_died_is_started_again_at_the_same_address(made: Path, which: str) -> None:
    with data_folder(made) as path, lease(path) as services:
        victim = next(each for each in server_processes(path) if each.name() == which)
        victim.kill()
        assert eventually(lambda: victim not in server_processes(path))
        assert ensure_running(path) == services
        assert one(services.database_url, "SELECT 1") == 1


def test_a_set_up_that_was_killed_half_way_is_begun_anew(tmp_path: Path) -> None:
    with data_folder(tmp_path / "data") as path:
        half_made = path / "postgres.unfinished" / "base"
        half_made.mkdir(parents=True)
        (half_made / "1").write_text("half a database")
        with lease(path) as services:
            assert one(services.database_url, "SELECT 1") == 1
        assert not half_made.exists()


def test_roles_that_were_not_finished_are_finished(made: Path) -> None:
    with data_folder(made) as path:
        ensure_running(path)
        kill_everything(path)
        (path / "postgres" / "tradewind.installed").unlink()
        with lease(path) as services:
            assert one(services.database_url, "SELECT current_user") == "tradewind_app"


def test_a_taken_redis_port_is_replaced(made: Path) -> None:
    folder = DataFolder(made)
    with socket.socket() as stranger, data_folder(folder.root) as path:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        folder.run.mkdir(parents=True)
        taken = stranger.getsockname()[1]
        (folder.run / "redis.port").write_text(str(taken))
        with lease(path) as services:
            assert saved_port(folder) not in {None, taken}
            assert str(taken) not in services.redis_url


def refusal(path: Path) -> str:
    with pytest.raises(EmbeddedError) as caught:
        ensure_running(path)
    return str(caught.value)


def test_a_folder_with_foreign_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    cluster = tmp_path / "data" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "notes.txt").write_text("precious")
    (tmp_path / "data" / "secrets.json").write_text("{}")
    assert "is damaged" in refusal(tmp_path / "data")
    (tmp_path / "data" / "secrets.json").unlink()
    assert "secrets.json is missing" in refusal(tmp_path / "data")
    assert (cluster / "notes.txt").read_text() == "precious"


def test_a_cluster_of_another_major_version_is_refused_with_its_number(made: Path) -> None:
    with data_folder(made) as path:
        (path / "postgres" / "PG_VERSION").write_text("16\n")
        said = refusal(path)
        assert "made by PostgreSQL 16; Tradewind brings 18" in said
        assert "pg_dump" in said


def test_a_cluster_that_lost_files_is_refused(made: Path) -> None:
    with data_folder(made) as path:
        (path / "postgres" / "global" / "pg_control").unlink()
        assert "is no whole PostgreSQL database" in refusal(path)


def test_a_broken_setting_is_told_with_the_end_of_the_log(made: Path) -> None:
    with data_folder(made) as path:
        with (path / "postgres" / "postgresql.conf").open("a") as configuration:
            configuration.write("max_connections = many\n")
        said = refusal(path)
        assert "PostgreSQL does not start" in said
        assert "max_connections" in said


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert "is a file" in refusal(tmp_path / "data")
    assert "is a file" in refusal(tmp_path / "data" / "below")


def test_a_full_disk_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DataFolder, "free_bytes", lambda folder: 10 * 2**20)
    assert "10 MB are free" in refusal(tmp_path / "data")
    assert not (tmp_path / "data" / "postgres").exists()
