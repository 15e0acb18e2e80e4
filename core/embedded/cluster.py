"""The embedded PostgreSQL cluster: made once, started, recognised, stopped."""

import contextlib
import os
import shutil
import signal
import socket
import time
from pathlib import Path

import psutil

from core.embedded.account import Account
from core.embedded.errors import EmbeddedError, explained, log_tail
from core.embedded.folder import FREE_SPACE_NEEDED, SOCKET_NAME, DataFolder
from core.embedded.keyring import Keyring
from core.embedded.programs import POSTGRES_MAJOR, postgres_program

SUPERUSER = "postgres"
START_SECONDS = 300
"""How long a start may take: after a crash the write-ahead log is replayed first."""

STOP_SECONDS = 30
NO_SUCH_PID = 2**31 - 2
"""Larger than any process number a kernel gives out."""

SETTINGS = """\
# Written by Tradewind at each start. Own changes belong in postgresql.conf, below the include.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
max_connections = 200
shared_buffers = '256MB'
jit = off
fsync = on
synchronous_commit = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_lock_waits = on
"""


def is_running(folder: DataFolder) -> bool:
    """Whether a server answers for this cluster and is past its recovery. Takes under 1 ms."""
    try:
        lines = (folder.cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    if len(lines) < 8 or lines[7].strip() != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(Path(lines[4]) / SOCKET_NAME))
        except OSError:
            return False
    return True


def ensure_cluster(folder: DataFolder, account: Account, keyring: Keyring) -> None:
    """Make the cluster unless it is there. Raises EmbeddedError for one we cannot use."""
    if folder.cluster.exists() and not _is_empty(folder.cluster):
        _check_existing(folder)
        return
    if folder.free_bytes() < FREE_SPACE_NEEDED:
        raise EmbeddedError(
            f"Not enough space for a new database: {folder.free_bytes() // 2**20} MB are free in "
            f"{folder.root}, {FREE_SPACE_NEEDED // 2**20} MB are needed. Free some, or name "
            "another folder with DATA_DIR."
        )
    _initialise(folder, account, keyring)


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _check_existing(folder: DataFolder) -> None:
    try:
        major = (folder.cluster / "PG_VERSION").read_text().strip()
    except OSError:
        major = ""
    if not major or not (folder.cluster / "global" / "pg_control").exists():
        raise EmbeddedError(
            f"{folder.cluster} holds files but is no whole PostgreSQL database. Put back a backup "
            "of it, move it away to begin with an empty one, or name another folder with DATA_DIR."
        )
    if major != str(POSTGRES_MAJOR):
        raise EmbeddedError(
            f"{folder.cluster} was made by PostgreSQL {major}; Tradewind brings {POSTGRES_MAJOR}. "
            f"Dump it with PostgreSQL {major} (pg_dump) and load the dump into a new data folder, "
            "or name another folder with DATA_DIR, or set DATABASE_URL to a server of your own."
        )


def _initialise(folder: DataFolder, account: Account, keyring: Keyring) -> None:
    draft = folder.unfinished_cluster
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    account.own(draft)
    password_file = folder.run / "initdb.password"
    password_file.touch(mode=0o600)
    password_file.write_text(keyring.superuser_password)
    account.own(password_file)
    try:
        result = account.run(
            [
                postgres_program("initdb"),
                f"--pgdata={draft}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums",
            ]
        )
    finally:
        password_file.unlink()
    if result.returncode != 0:
        said = result.stdout.decode("utf-8", "replace").strip().splitlines()[-8:]
        raise EmbeddedError(
            f"PostgreSQL could not make its data folder {draft}:\n    " + "\n    ".join(said)
        )
    with (draft / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude_if_exists = 'tradewind.conf'\n")
    if folder.cluster.exists():
        folder.cluster.rmdir()
    draft.rename(folder.cluster)


def start(folder: DataFolder, account: Account) -> None:
    """Start the server and wait until it answers. Call under the life-cycle lock."""
    _make_socket_folder(folder, account)
    settings = folder.cluster / "tradewind.conf"
    settings.write_text(SETTINGS.format(sockets=str(folder.sockets).replace("'", "''")))
    account.own(settings)
    _forget_dead_server(folder)
    account.begin_log(folder.postgres_log)
    for attempt in range(10):
        begun = folder.postgres_log.stat().st_size
        result = account.run(
            [
                postgres_program("pg_ctl"),
                "start",
                "--wait",
                f"--timeout={START_SECONDS}",
                f"--pgdata={folder.cluster}",
                f"--log={folder.postgres_log}",
            ],
            timeout=START_SECONDS + 30,
        )
        if result.returncode == 0:
            return
        said = folder.postgres_log.read_bytes()[begun:]
        # Children of a killed server live on for a moment and hold its shared memory.
        if b"pre-existing shared memory block" not in said or attempt == 9:
            break
        time.sleep(0.5)
    raise _start_failure(folder)


def _start_failure(folder: DataFolder) -> EmbeddedError:
    if "could not create shared memory" in log_tail(folder.postgres_log, lines=20):
        return explained(
            "PostgreSQL got no shared memory from this machine: free memory or raise its limit.",
            folder.postgres_log,
        )
    return explained(
        f"PostgreSQL does not start on {folder.cluster}. Its log ends with the reason:",
        folder.postgres_log,
    )


def _make_socket_folder(folder: DataFolder, account: Account) -> None:
    sockets = folder.sockets
    if sockets != folder.run:
        try:
            sockets.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"{sockets} cannot be made: {error.strerror}.") from error
        info = sockets.lstat()
        if sockets.is_symlink() or info.st_uid not in {0, os.geteuid(), account.uid}:
            raise EmbeddedError(
                f"{sockets} belongs to another user and is not trusted for the database's socket. "
                "Remove it, or name a data folder with a shorter path with DATA_DIR."
            )
    account.own(sockets)


def _forget_dead_server(folder: DataFolder) -> None:
    """Let the lock files of a killed server not stop the start.

    PostgreSQL itself clears a lock file whose process is gone. It refuses when the process is
    still waiting to be buried, or when its number belongs to some other program by now (usual
    after a container's restart). Then the number is replaced by one that cannot exist, and
    PostgreSQL's check that nobody uses the cluster's shared memory stays in force.
    """
    path = folder.cluster / "postmaster.pid"
    try:
        first, _, rest = path.read_text().partition("\n")
        pid = int(first)
    except FileNotFoundError:
        pid, rest = NO_SUCH_PID, ""
    except ValueError:  # empty: killed while it wrote its number, before it did anything
        path.unlink()
        pid, rest = NO_SUCH_PID, ""
    if _is_our_postmaster(pid, folder.cluster):
        return
    if path.exists():
        path.write_text(f"{NO_SUCH_PID}\n{rest}")
    (folder.sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _is_our_postmaster(pid: int, cluster: Path) -> bool:
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return bool(command) and "postgres" in command[0] and str(cluster) in command


def stop(folder: DataFolder, account: Account) -> None:
    """Stop the server, rolling back what is open. No-op when it is not running."""
    if not (folder.cluster / "postmaster.pid").exists():
        return
    result = account.run(
        [
            postgres_program("pg_ctl"),
            "stop",
            "--wait",
            "--mode=fast",
            f"--timeout={STOP_SECONDS}",
            f"--pgdata={folder.cluster}",
        ],
        timeout=STOP_SECONDS + 10,
    )
    if result.returncode != 0 and is_running(folder):
        # Safe: the write-ahead log is replayed at the next start.
        pid = int((folder.cluster / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
    if folder.sockets != folder.run:
        with contextlib.suppress(OSError):
            folder.sockets.rmdir()
