"""The data folder: where everything embedded lies, and the two locks that guard it.

    .data/
      secrets.json      passwords and keys, mode 0600
      postgres/         the cluster (PGDATA)
      run/              sockets, configuration, logs, locks

The *life-cycle lock* is held while servers are started or stopped. The *holders lock* is shared
by every process that uses them: the kernel drops it when a process dies, however it dies, so a
holder that was killed never keeps the servers alive and never has to be cleaned up after.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import EmbeddedError

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103
"""Bytes of a unix socket's path that both Linux (107) and macOS (103) accept."""

FREE_SPACE_NEEDED = 300 * 1024 * 1024
"""Bytes a new cluster needs with its first write-ahead log."""


@dataclass(frozen=True)
class DataFolder:
    """Paths below one data folder. Made by `open_folder`."""

    root: Path

    @property
    def cluster(self) -> Path:
        return self.root / "postgres"

    @property
    def unfinished_cluster(self) -> Path:
        """Where initdb works; renamed to `cluster` when whole, so a leftover is never in use."""
        return self.root / "postgres.unfinished"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def postgres_log(self) -> Path:
        return self.run / "postgres.log"

    @property
    def redis_log(self) -> Path:
        return self.run / "redis.log"

    @property
    def sockets(self) -> Path:
        """Folder of PostgreSQL's socket: `run/`, or a short one when the path would be too long."""
        if len(os.fsencode(self.run / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return self.run
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tradewind-{name}"

    def free_bytes(self) -> int:
        usage = os.statvfs(self.root)
        return usage.f_bavail * usage.f_frsize


def open_folder(data_dir: Path) -> DataFolder:
    """Make the folder if it is missing. Raises EmbeddedError when it cannot be used."""
    folder = DataFolder(Path(data_dir).expanduser().resolve())
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        folder.run.mkdir(exist_ok=True)
        (folder.run / "lifecycle.lock").touch(exist_ok=True)
        (folder.run / "holders.lock").touch(exist_ok=True)
    except NotADirectoryError as error:
        raise EmbeddedError(
            f"The data folder {folder.root} cannot be made: {error.filename} is a file. "
            "Name another folder with DATA_DIR."
        ) from error
    except FileExistsError as error:
        raise EmbeddedError(
            f"The data folder cannot be made: {error.filename} is a file. "
            "Move it away or name another folder with DATA_DIR."
        ) from error
    except PermissionError as error:
        raise EmbeddedError(
            f"No permission to write in the data folder {folder.root} ({error.filename}). "
            "Run as the user who owns it, or name another folder with DATA_DIR."
        ) from error
    except OSError as error:
        raise EmbeddedError(
            f"The data folder {folder.root} cannot be made: {error.strerror}. "
            "Name another folder with DATA_DIR."
        ) from error
    return folder


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except PermissionError as error:
        raise EmbeddedError(
            f"The data folder {path.parent.parent} belongs to another user. "
            "Run as that user, or name another folder with DATA_DIR."
        ) from error


@contextmanager
def lifecycle_lock(folder: DataFolder) -> Iterator[None]:
    """Hold the right to start or stop servers; waits while another process has it."""
    descriptor = _open_lock(folder.run / "lifecycle.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Holding:
    """This process's share of the servers, from `Holding(folder)` until `release()`."""

    def __init__(self, folder: DataFolder) -> None:
        self._descriptor = _open_lock(folder.run / "holders.lock")
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether no other living process holds a share. Call under the life-cycle lock."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # A refused upgrade may have dropped the share (flock(2)): it is on its way out anyway.
            return False
        return True

    def release(self) -> None:
        # A forked child may hold a copy of the descriptor: unlock, do not only close.
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)


def anyone_holds(folder: DataFolder) -> bool:
    """Whether some living process holds a share. Call under the life-cycle lock."""
    descriptor = _open_lock(folder.run / "holders.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
