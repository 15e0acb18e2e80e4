"""One look at an uploaded file: what it is, and the bytes that are kept of it."""

from dataclasses import dataclass
from io import BytesIO
from typing import IO

from core.enums import FileKind
from core.files.limits import MB, STORED_EDGE, largest_bytes, largest_pixels
from core.files.look.documents import look_into_document
from core.files.look.pictures import Unreadable, redrawn
from core.files.look.sniff import sniffed
from core.files.refusals import FileRefused, TooLarge


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept: a picture of our own drawing, or the document as it came."""

    kind: FileKind
    mime: str
    size: int
    content: IO[bytes]
    width: int | None = None
    height: int | None = None


def look_inside(
    source: IO[bytes], *, name: str, size: int, kinds: tuple[FileKind, ...], field: str = "file"
) -> Found:
    """Find out what it is and whether it may be kept. Raises FileRefused and its kin."""
    try:
        kind = sniffed(source, kinds=kinds)
        if size > largest_bytes(kind):
            raise TooLarge(
                f"The file is larger than {largest_bytes(kind) // MB} MB, the most for "
                f"{'pictures' if kind is FileKind.IMAGE else 'documents'}."
            )
        if kind is FileKind.IMAGE:
            return _picture(source)
        mime = look_into_document(source, is_called_csv=name.lower().endswith(".csv"))
    except FileRefused as refusal:
        raise type(refusal)(refusal.message, field=field) from refusal.__cause__
    source.seek(0)
    return Found(kind, mime, size, source)


def _picture(source: IO[bytes]) -> Found:
    try:
        drawing = redrawn(source, edge=STORED_EDGE, largest_pixels=largest_pixels())
    except Unreadable as why:
        raise FileRefused(str(why)) from why
    return Found(
        FileKind.IMAGE,
        "image/webp",
        len(drawing.content),
        BytesIO(drawing.content),
        drawing.width,
        drawing.height,
    )
