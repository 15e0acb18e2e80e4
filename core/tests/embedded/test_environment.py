"""Which servers are brought along, and what settings get to read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.embedded import Wanted, embedded_environment
from core.embedded.account import LOG_LIMIT, Account
from core.embedded.environment import embedded_servers, fill_with_nothing
from core.tests.embedded.servers import ROOT, data_folder, one, server_processes

pytestmark = pytest.mark.slow
OUTSIDE = "postgres://tradewind_app:x@db.example.com/tradewind"


def names(path: Path) -> set[str]:
    return {process.name() for process in server_processes(path)}


def test_without_addresses_both_servers_and_their_keys_are_filled_in(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": " "}
    with data_folder(tmp_path / "data") as path:
        with embedded_environment(environ):
            assert one(environ["DATABASE_URL"], "SELECT current_user") == "tradewind_app"
            assert one(environ["DATABASE_OWNER_URL"], "SELECT current_user") == "tradewind_owner"
            assert environ["REDIS_URL"].startswith("redis://:")
            assert len(environ["SECRET_KEY"]) >= 50
            assert len(environ["FIELD_ENCRYPTION_KEYS"]) == 44
            assert embedded_servers(environ) == Wanted(database=True, redis=True)
        assert names(path) == set()


def test_keys_of_ones_own_are_kept(made: Path) -> None:
    environ = {"DATA_DIR": str(made), "SECRET_KEY": "mine"}
    with data_folder(made), embedded_environment(environ):
        assert environ["SECRET_KEY"] == "mine"


def test_a_database_of_ones_own_is_used_with_keys_of_ones_own(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": OUTSIDE}
    with data_folder(tmp_path / "data") as path, embedded_environment(environ):
        assert names(path) == {"redis-server"}
        assert environ["DATABASE_URL"] == OUTSIDE
        assert not {"DATABASE_OWNER_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS"} & environ.keys()
        assert embedded_servers(environ) == Wanted(database=False, redis=True)


def test_a_redis_of_ones_own_leaves_the_database(made: Path) -> None:
    environ = {"DATA_DIR": str(made), "REDIS_URL": "redis://r.example.com/0"}
    with data_folder(made) as path, embedded_environment(environ):
        assert names(path) == {"postgres"}
        assert environ["REDIS_URL"] == "redis://r.example.com/0"


def test_with_both_addresses_nothing_is_made(tmp_path: Path) -> None:
    environ = {
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": OUTSIDE,
        "REDIS_URL": "redis://r.example.com/0",
    }
    with embedded_environment(environ):
        assert embedded_servers(environ) == Wanted(database=False, redis=False)
    assert not (tmp_path / "data").exists()


def test_values_for_commands_without_servers_reach_nobody() -> None:
    environ: dict[str, str] = {"REDIS_URL": "redis://kept.example.com/0"}
    fill_with_nothing(environ)
    assert "127.0.0.1:1/" in environ["DATABASE_URL"]
    assert environ["REDIS_URL"] == "redis://kept.example.com/0"


def manage(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            **environment,
            "DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["help"], ["--version"], ["migrate", "--help"], ["check"]])
def test_a_command_that_needs_no_database_starts_none(tmp_path: Path, arguments: list[str]) -> None:
    done = manage(tmp_path / "data", *arguments)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "data").exists()


def test_a_command_that_needs_the_database_brings_it_and_takes_it_away(tmp_path: Path) -> None:
    with data_folder(tmp_path / "data") as path:
        done = manage(path, "showmigrations", "core")
        assert "0001_initial" in done.stdout, done.stderr
        assert (path / "postgres" / "PG_VERSION").exists()
        assert names(path) == set()


def test_what_stops_the_servers_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    done = manage(tmp_path / "data", "showmigrations")
    assert done.returncode == 1
    assert done.stderr.startswith("The data folder")
    assert "Traceback" not in done.stderr


def test_a_long_log_is_put_aside_at_the_next_start(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    with log.open("wb") as handle:
        handle.truncate(LOG_LIMIT + 1)
    Account(uid=None, gid=None).begin_log(log)
    assert log.stat().st_size == 0
    assert (tmp_path / "postgres.log.before").stat().st_size == LOG_LIMIT + 1
