"""Where files wait: the private storage, which no web address reaches."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage, storages

IN_MEMORY = 4 * 2**20
BLOCK = 1 << 20


def private() -> Storage:
    """A folder of its own (or a bucket of its own), known as "bulk" in STORAGES."""
    return storages["bulk"]


def keep(content: IO[bytes], *, job_id: UUID, suffix: str) -> tuple[str, str, int]:
    """Put a file away under the job's name; returns its name there, SHA-256 and size in bytes."""
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while block := content.read(BLOCK):
        digest.update(block)
        size += len(block)
    content.seek(0)
    name = private().save(f"{job_id}{suffix}", File(content))
    return name, digest.hexdigest(), size


@contextmanager
def local_copy(name: str) -> Iterator[IO[bytes]]:
    """A kept file that can be read back and forth, wherever the storage has it."""
    with private().open(name, "rb") as kept:
        if kept.file is not None and _has_path(name):
            yield kept.file
            return
        with SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
            while block := kept.read(BLOCK):
                copy.write(block)
            copy.seek(0)
            yield copy


def _has_path(name: str) -> bool:
    try:
        return Path(private().path(name)).exists()
    except NotImplementedError:
        return False


def forget(name: str) -> None:
    """Delete a kept file; one that is gone is gone."""
    if name:
        private().delete(name)
