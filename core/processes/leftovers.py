"""Processes of a run that was killed: the next run ends them before it starts its own."""

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


class AlreadyRunningError(RuntimeError):
    """Another living supervisor uses the same data folder."""


@contextmanager
def only_supervisor(folder: Path) -> Iterator[None]:
    """Be the one supervisor of this folder. Raises AlreadyRunningError with its pid."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(descriptor, 32).decode("ascii", "replace").strip()
            raise AlreadyRunningError(
                f"Tradewind already runs on {folder.parent} (process {pid}). Stop it, or name "
                "another folder with DATA_DIR and another port with PORT."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def remember(folder: Path, pids: Iterable[int]) -> None:
    """Write down which processes are ours, with the time each was born."""
    born = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            born[str(pid)] = psutil.Process(pid).create_time()
    draft = folder / "processes.draft"
    draft.write_text(json.dumps(born))
    draft.replace(folder / "processes.json")


def end_leftovers(folder: Path) -> int:
    """Kill the groups of remembered processes that still live; how many there were.

    A number that was given to some other program since then has another birth time.
    """
    try:
        born = json.loads((folder / "processes.json").read_text())
    except (OSError, ValueError):
        return 0
    ended = 0
    for pid, created in born.items():
        with contextlib.suppress(psutil.Error, ProcessLookupError, PermissionError):
            if abs(psutil.Process(int(pid)).create_time() - created) < 1:
                os.killpg(int(pid), signal.SIGKILL)
                ended += 1
    (folder / "processes.json").unlink(missing_ok=True)
    return ended
