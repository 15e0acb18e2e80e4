"""Files as people send them, and as they should not."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, ImageCms

T = TypeVar("T")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    """A teal rectangle."""
    out = BytesIO()
    Image.new("RGB", size, more.pop("colour", "teal")).save(out, kind, **more)
    return out.getvalue()


def wide_gamut() -> bytes:
    """A picture that carries a colour profile."""
    out = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (8, 8), "red").save(out, "PNG", icc_profile=profile)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def contents(main: str) -> bytes:
    """The list of contents of an office document."""
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/main.xml" ContentType="{main}.main+xml"/></Types>'
    ).encode()


def package(main: str = WORD, extra: dict[str, bytes] | None = None) -> bytes:
    """A small office document with further entries."""
    return archive({"[Content_Types].xml": contents(main), "main.xml": b"<w/>", **(extra or {})})


def archive(entries: dict[str, bytes]) -> bytes:
    """A ZIP of these entries."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def sent(content: bytes, name: str = "a.bin", kind: str = "application/x-lie") -> Any:
    """As it comes out of a form; its name and declared type are whatever the sender says."""
    return SimpleUploadedFile(name, content, content_type=kind)


def ask(question: Callable[[], T]) -> T:
    """Ask the database in a transaction of its own: without one nobody is asking."""
    with transaction.atomic():
        return question()
