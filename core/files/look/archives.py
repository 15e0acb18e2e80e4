"""ZIPs from strangers: looked at from outside before anything is unpacked.

    with refuse_hostile_archive(file) as archive:      # a zipfile.ZipFile
        archive.read("word/document.xml")

Made for DOCX and XLSX, of use wherever a ZIP comes in.
"""

import io
import stat
import zipfile
from pathlib import PurePosixPath
from typing import IO

from core.files.limits import (
    ARCHIVE_ENTRIES,
    ARCHIVE_RATIO,
    ARCHIVE_SMALL_ENTRY,
    ARCHIVE_UNPACKED,
    MB,
)
from core.files.refusals import FileRefused

ENCRYPTED = 0x1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
END = b"PK\x05\x06" + bytes(18)  # the last record, when nothing follows it
LOCAL_HEADER = 30  # bytes before an entry's name and data


def refuse_hostile_archive(
    file: IO[bytes],
    *,
    entries: int = ARCHIVE_ENTRIES,
    unpacked: int = ARCHIVE_UNPACKED,
    ratio: int = ARCHIVE_RATIO,
) -> zipfile.ZipFile:
    """The archive, opened, once its table of contents is harmless. Raises FileRefused.

    Refused are too many entries, too much when unpacked, entries packed more tightly than honest
    ones are, entries that overlap (a few bytes that unpack to petabytes), names that lead out of
    the archive or come twice, links, passwords, and anything before or behind the archive.
    """
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RecursionError):
        raise FileRefused("The file is a broken ZIP.") from None
    found = archive.infolist()
    if len(found) > entries:
        raise FileRefused(f"The file holds {len(found):,} entries; {entries:,} are the most.")
    if sum(entry.file_size for entry in found) > unpacked:
        raise FileRefused(f"The file unpacks to more than {unpacked // MB} MB.")
    for entry in found:
        _refuse_hostile_entry(entry, ratio)
    if len({entry.filename.casefold() for entry in found}) < len(found):
        raise FileRefused("The file holds two entries of one name.")
    _refuse_overlaps(archive, file)
    return archive


def _refuse_hostile_entry(entry: zipfile.ZipInfo, ratio: int) -> None:
    if entry.flag_bits & ENCRYPTED:
        raise FileRefused("The file has a password. Save it without one.")
    if entry.compress_type not in METHODS:
        raise FileRefused("The file is packed in an unusual way. Save it again.")
    if entry.file_size > ARCHIVE_SMALL_ENTRY and entry.file_size > ratio * entry.compress_size:
        raise FileRefused("The file unpacks to far more than it weighs.")
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or not path.parts:
        raise FileRefused("The file holds a name that leads out of it.")
    if any(ord(char) < 32 for char in entry.orig_filename):
        raise FileRefused("The file holds a name with control characters.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FileRefused("The file holds a link.")


def _refuse_overlaps(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Each entry has bytes of its own, from the first byte of the file on."""
    end = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise FileRefused("The file holds entries that overlap.")
        if end == 0 and entry.header_offset != 0:
            raise FileRefused("The file begins with something else than the ZIP.")
        end = entry.header_offset + LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
    if end > archive.start_dir:
        raise FileRefused("The file holds entries that overlap.")
    file.seek(-len(END), io.SEEK_END)
    if not file.read().startswith(END[:4]):
        raise FileRefused("The file has something behind the ZIP.")
