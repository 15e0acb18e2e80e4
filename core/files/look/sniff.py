"""Which kind of thing the bytes are, before anything reads them in earnest."""

from typing import IO

import puremagic

from core.enums import FileKind
from core.files.refusals import WrongType

HEAD = 2048
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def sniffed(file: IO[bytes], *, kinds: tuple[FileKind, ...]) -> FileKind:
    """Picture or document, by the first bytes. Raises WrongType naming what it looks like.

    What is neither for certain passes as a document: those are looked through from end to end.
    """
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise WrongType("The file is empty.")
    kind = FileKind.IMAGE if _is_picture(head) else FileKind.DOCUMENT
    if kind in kinds and (kind is FileKind.IMAGE or not _is_foreign(head)):
        return kind
    what = looks_like(head)
    raise WrongType(f"{_taken(kinds)} {f'This looks like: {what}.' if what else ''}".strip())


def looks_like(head: bytes) -> str:
    """What people would call it, for the refusal; "" where nobody knows."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    return str(found[0].name) if found else ""


def _is_picture(head: bytes) -> bool:
    return head.startswith(PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _is_foreign(head: bytes) -> bool:
    """Whether it is surely something else than the documents we take: a film, a program."""
    if head.startswith((b"%PDF-", b"PK\x03\x04")):
        return False
    return b"\x00" in head


def _taken(kinds: tuple[FileKind, ...]) -> str:
    words = {
        FileKind.IMAGE: "JPEG, PNG and WebP pictures",
        FileKind.DOCUMENT: "documents as PDF, DOCX, XLSX, CSV or plain text",
    }
    said = " and ".join(words[kind] for kind in kinds)
    return f"{said[0].upper()}{said[1:]} are taken here."
