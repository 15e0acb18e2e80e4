"""Root or not, deep folder or not, strange letters or not: the servers start."""

import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.embedded import EmbeddedError, lease
from core.embedded.account import service_account
from core.embedded.folder import SOCKET_PATH_LIMIT, DataFolder
from core.tests.embedded.servers import ROOT, data_folder, one, server_processes

pytestmark = pytest.mark.slow
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="shows what happens for root")
SYSTEM_PYTHON = "/usr/bin/python3.11"


def test_no_server_runs_as_root(tmp_path: Path) -> None:
    with data_folder(tmp_path / "data") as path, lease(path):
        users = {process.uids().effective for process in server_processes(path)}
        assert len(users) == 1
        assert 0 not in users


@as_root
def test_a_closed_folder_is_opened_for_the_servers_account_only(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with data_folder(closed / "data") as path, lease(path) as services:
        assert one(services.database_url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) & 0o007 == 0
    account = service_account(path / "postgres")
    assert account.uid not in {None, 0}
    stranger = 12_345
    looks = subprocess.run(
        ["/bin/ls", str(closed / "data")], user=stranger, capture_output=True, check=False
    )
    assert looks.returncode != 0


@as_root
def test_root_keeps_the_account_that_owns_an_existing_cluster(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    os.chown(cluster, 4_321, 4_321)
    assert service_account(cluster).uid == 4_321


@as_root
@pytest.mark.skipif(
    not os.access(SYSTEM_PYTHON, os.X_OK) or str(ROOT).startswith("/root"),
    reason="needs a Python and a project folder that an ordinary user may read",
)
def test_an_ordinary_user_runs_the_servers_as_himself(tmp_path: Path) -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    home = Path(f"/tmp/tradewind-test-{os.getpid()}")  # noqa: S108 - reachable for that user
    home.mkdir()
    os.chown(home, uid, uid)
    script = (
        "import sys, psutil; from pathlib import Path; from core.embedded import lease\n"
        "with lease(Path(sys.argv[1])) as services:\n"
        "    pid = int((Path(sys.argv[1]) / 'postgres/postmaster.pid').read_text().split()[0])\n"
        "    print(psutil.Process(pid).uids().effective)\n"
    )
    packages = next(Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    try:
        done = subprocess.run(
            [SYSTEM_PYTHON, "-c", script, str(home / "data")],
            env={"PYTHONPATH": f"{ROOT}:{packages}", "PATH": os.environ["PATH"]},
            cwd=ROOT,
            user=uid,
            group=uid,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stdout.strip() == str(uid), done.stderr
    finally:
        subprocess.run(["/bin/rm", "-rf", str(home)], check=True)


@pytest.mark.parametrize("name", ["with space and 'quote'", "größe"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    with data_folder(tmp_path / name) as path, lease(path) as services:
        assert one(services.database_url, "SELECT current_user") == "tradewind_app"


def test_a_deep_folder_keeps_its_socket_in_a_short_private_one(tmp_path: Path) -> None:
    path = tmp_path / "/".join(["folder" * 4] * 6)
    folder = DataFolder(path)
    assert len(str(folder.run)) > SOCKET_PATH_LIMIT
    with data_folder(path), lease(path) as services:
        assert one(services.database_url, "SELECT current_user") == "tradewind_app"
        assert stat.S_IMODE(folder.sockets.stat().st_mode) == 0o700
    assert not folder.sockets.exists()


@as_root
def test_an_account_without_a_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    with pytest.raises(EmbeddedError, match="has no name on this machine"):
        service_account(tmp_path / "postgres")


def test_no_permission_is_told(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from core.embedded import EmbeddedError, ensure_running\n"
        "os.geteuid() == 0 and os.setuid(12345)\n"
        "try: ensure_running(Path(sys.argv[1]) / 'data')\n"
        "except EmbeddedError as error: print(error)\n"
    )
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = subprocess.run(
        [sys.executable, "-c", script, str(closed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("No permission to write in the data folder"), done.stderr
