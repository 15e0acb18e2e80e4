"""Where the bytes are: Django's default storage, a folder or an S3 bucket (settings).

Names are made here alone: `files/ab/<key>.<ending>`, small pictures `files/ab/<key>.320.webp`.
"""

import os
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

from core.enums import FileKind
from core.files.limits import THUMBNAIL_EDGES
from core.files.names import EXTENSIONS
from core.models import StoredFile

FOLDER = "files"
KEY_DIGITS = 32


class DurableStorage(FileSystemStorage):
    """A folder whose files are on the disk, not in a cache, when the row says they are there."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]  # not in the stubs
        path = self.path(saved)
        for place in (path, os.path.dirname(path)):  # the bytes, then the name that leads there
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return saved


def folder_of(key: str) -> str:
    """Files are spread over 256 folders, so that none grows without end."""
    return f"{FOLDER}/{key[:2]}"


def name_of(file: StoredFile, edge: int | None = None) -> str:
    """Where the file's bytes are, or those of one of its small pictures."""
    ending = f"{edge}.webp" if edge else EXTENSIONS[file.mime]
    return f"{folder_of(file.key)}/{file.key}.{ending}"


def names_of(file: StoredFile) -> list[str]:
    """All that may be in the storage for the file."""
    edges = THUMBNAIL_EDGES if file.kind == FileKind.IMAGE else ()
    originals = [name_of(file)] if file.mime else []
    return originals + [name_of(file, edge) for edge in edges]


def put(name: str, content: IO[bytes]) -> None:
    """Store bytes under exactly this name; what was there is replaced."""
    content.seek(0)
    saved = default_storage.save(name, File(content, name=name))
    if saved != name:  # the storage was set up not to overwrite
        default_storage.delete(saved)
        raise FileExistsError(name)


def forget(file: StoredFile) -> None:
    """Delete the file's bytes and its small pictures; what is not there is no mistake."""
    for name in names_of(file):
        default_storage.delete(name)


def key_in(name: str) -> str:
    """The key of a file of this name ("<key>.320.webp"); "" for what was not made here."""
    key = name.partition(".")[0]
    is_ours = len(key) == KEY_DIGITS and set(key) <= set("0123456789abcdef")
    return key if is_ours else ""
