"""The append-only file that lets a restarted rehearsal remember what happened.

One JSON object per line: {"face": "stripe", "kind": "object", "at": 1789..., "data": {...}}.
Each face rebuilds its books from its own lines. A line torn by a kill is cut off at the start.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One remembered fact; `at` is Unix time in seconds."""

    face: str
    kind: str
    at: float
    data: dict[str, Any]


class Journal:
    """Writes entries to a file and reads them back. One process per folder: OSError else."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = _lock(path.with_suffix(".lock"))
        self._cut_torn_line()
        self._file = path.open("ab", buffering=0)

    def record(self, face: str, kind: str, data: dict[str, Any]) -> None:
        """Append one entry; it is with the operating system when this returns."""
        entry = {"face": face, "kind": kind, "at": round(time.time(), 3), "data": data}
        self._file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")

    def replay(self) -> Iterator[Entry]:
        """All entries, oldest first."""
        with self.path.open("rb") as lines:
            for line in lines:
                raw = json.loads(line)
                yield Entry(raw["face"], raw["kind"], raw["at"], raw["data"])

    def forget(self, face: str | None = None) -> None:
        """Drop one face's entries, or all of them."""
        kept = [line for line in self._lines() if face and json.loads(line)["face"] != face]
        self._file.close()
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(b"".join(kept))
        fresh.replace(self.path)
        self._file = self.path.open("ab", buffering=0)

    def close(self) -> None:
        """Close the file and let others have the folder."""
        self._file.close()
        self._lock.close()

    def _lines(self) -> list[bytes]:
        with self.path.open("rb") as lines:
            return list(lines)

    def _cut_torn_line(self) -> None:
        """Remove what follows the last newline: a write that a kill interrupted."""
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            self.path.write_bytes(whole)


def _lock(path: Path) -> IO[bytes]:
    """Hold the folder for this process; the lock ends with it, also after a kill."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise OSError(
            f"another rehearsal is using the folder {path.parent}; stop it or give another --data"
        ) from error
    return file
