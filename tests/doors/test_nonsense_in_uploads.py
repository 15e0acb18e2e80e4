"""Uploads nobody asked for, at the one door that takes files: one's own picture."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from accounts.avatars import LARGEST_BYTES
from accounts.models import User
from tests.doors.caller import Caller
from tests.doors.nonsense import BIDI, LINES, TRAVERSAL
from tests.doors.tries import Try, assert_all_well_mannered
from tests.doors.writes import nothing_written

PATH = "/api/v1/auth/user/"
LINE = "doors"
KIND = f"multipart/form-data; boundary={LINE}"


@pytest.fixture(autouse=True)
def _files_go_nowhere(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def part(
    content: bytes, disposition: str = 'name="avatar"; filename="a.png"', kind: str = ""
) -> bytes:
    head = f"Content-Disposition: form-data; {disposition}\r\n".encode("utf-8", "surrogateescape")
    head += f"Content-Type: {kind}\r\n".encode() if kind else b""
    return b"--" + LINE.encode() + b"\r\n" + head + b"\r\n" + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + LINE.encode() + b"--\r\n"


def upload(
    caller: Caller, body: bytes, kind: str = KIND, method: str = "PATCH", **more: Any
) -> Any:
    return caller.send(method, PATH, body, who="shopper", kind=kind, **more)


GOOD = picture()
NO_PICTURES = {
    "nothing": b"",
    "text": b"hello",
    "HTML": b"<html><script>alert(1)</script>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "PDF": b"%PDF-1.7 1 0 obj",
    "ZIP": b"PK\x03\x04" + b"\x00" * 100,
    "GIF": picture("GIF"),
    "BMP": picture("BMP"),
    "TIFF": picture("TIFF"),
    "ICO": picture("ICO"),
    "the beginning of a PNG": GOOD[:20],
    "half a PNG": GOOD[: len(GOOD) // 2],
    "half a JPEG": picture("JPEG")[:200],
    "half a WebP": picture("WEBP")[:20],
    "a PNG with a wrong checksum": GOOD[:40] + b"\xff\xff" + GOOD[42:],
    "a PNG of nothing": png_that_claims(0, 0),
    "a PNG of 40 gigapixels": png_that_claims(200_000, 200_000),
    "a PNG of two billion by one": png_that_claims(2**31 - 1, 1),
    "a PNG without its data": png_that_claims(5_000, 5_000),
    "only a signature": b"\x89PNG\r\n\x1a\n",
    "JPEG markers without end": b"\xff\xd8" + b"\xff\xe1\xff\xff" * 1_000,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    "too large": GOOD + b"\x00" * (LARGEST_BYTES - len(GOOD) + 1),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused_by_name(caller: Caller, name: str) -> None:
    with nothing_written():
        response = upload(caller, form(part(NO_PICTURES[name])))
    assert_all_well_mannered(
        [Try(name, lambda: upload(caller, form(part(NO_PICTURES[name]))))], refused=True
    )
    assert response.status_code == 400, response.content
    assert list(response.json()["error"]["details"]) == ["avatar"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_picture_is_drawn_anew_as_webp(caller: Caller, kind: str, tmp_path: Any) -> None:
    hidden = picture(kind) + b"<script>alert(1)</script>"
    assert upload(caller, form(part(hidden))).status_code == 200
    assert b"script" not in the_one_file_in(tmp_path).read_bytes()


def the_one_file_in(folder: Path) -> Path:
    (stored,) = [path for path in folder.rglob("*") if path.is_file()]
    with Image.open(stored) as drawn:
        assert (drawn.format, stored.suffix) == ("WEBP", ".webp")
    return stored


@pytest.mark.parametrize(
    "filename",
    [
        "a.png", "a.php", TRAVERSAL, "..\\..\\windows\\win.ini", "/etc/passwd", "a\x01b.png",
        BIDI, "x" * 500 + ".png", ".htaccess", "con", "a.png.exe", "\u00e9\u4e2d.png", "%00.png",
        "'; DROP TABLE x",
    ],
    ids=lambda name: name[:20].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_the_name_of_a_file_decides_nothing(caller: Caller, filename: str, tmp_path: Any) -> None:
    disposition = f'name="avatar"; filename="{filename}"'
    response = upload(caller, form(part(GOOD, disposition, "text/html")))
    assert response.status_code == 200, response.content
    stored = the_one_file_in(tmp_path)
    assert User.objects.get(email="shopper@doors.example").avatar.path == str(stored)


ODD_FORMS: dict[str, bytes] = {
    "nothing": b"",
    "no end": part(GOOD),
    "only an end": form(),
    "no line break": b"--doors" + GOOD,
    "no head": b"--doors\r\n\r\nx\r\n--doors--\r\n",
    "a head without end": b"--doors\r\nContent-Disposition: form-data" + b"x" * 20_000,
    "no name": form(part(GOOD, 'filename="a.png"')),
    "an empty name": form(part(GOOD, 'name=""; filename="a.png"')),
    "a name with NUL": form(part(b"x", 'name="full\x00name"')),
    "a name of bytes": form(part(b"x", 'name="\udcff\udcfe"')),
    "an encoded name": form(part(b"x", "name*=utf-8''%ff%fe")),
    "an unknown field": form(part(b"x", 'name="is_superuser"')),
    "a text as a file": form(part(b"x", 'name="full_name"; filename="a.txt"')),
    "a file as a text": form(part(b"x", 'name="avatar"')),
    "a text of bytes": form(part(b"\xff\xfe", 'name="full_name"')),
    "a text with NUL": form(part(b"a\x00b", 'name="full_name"')),
    "a text with line breaks": form(part(LINES.encode(), 'name="full_name"')),
    "a long text": form(part(b"x" * 200_000, 'name="full_name"')),
    "a strange charset": form(part(b"x", 'name="full_name"', "text/plain; charset=bogus")),
    "base64": form(b"--doors\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a\"\r\n"
                   b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n"),
    "2,000 fields": form(*[part(b"x", f'name="f{n}"') for n in range(2_000)]),
    "200 files": form(*[part(b"x", f'name="f{n}"; filename="a"') for n in range(200)]),
    "the same field twice": form(part(b"a", 'name="language"'), part(b"b", 'name="language"')),
    "a form in a form": form(part(form(part(GOOD)), 'name="avatar"; filename="x"', KIND)),
}  # fmt: skip
# Django's reader of forms passes over these, or takes what it can read of them
MAY_BE_TAKEN = {"nothing", "only an end", "no end", "no head", "no name", "no line break",
                "a head without end", "an empty name", "a form in a form", "a name of bytes",
                "a strange charset", "a text of bytes"}  # fmt: skip


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_no_odd_form_does_harm(caller: Caller, method: str) -> None:
    def tries(names: set[str]) -> Iterator[Try]:
        for name in sorted(names):
            body = ODD_FORMS[name]
            yield Try(name, lambda body=body: upload(caller, body, method=method), "is_superuser")

    assert_all_well_mannered(tries(MAY_BE_TAKEN))
    assert_all_well_mannered(tries(set(ODD_FORMS) - MAY_BE_TAKEN), refused=True)


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\xff",
        "multipart/form-data; boundary=" + "x" * 5_000, 'multipart/form-data; boundary="a b"',
        "multipart/form-data; boundary=doors; charset=bogus", "multipart/mixed; boundary=doors",
        "multipart/form-data; boundary=other", "multipart/form-data; boundary*=utf-8''%ff",
    ],
    ids=lambda kind: kind[:50],
)  # fmt: skip
def test_no_odd_boundary_does_harm(caller: Caller, kind: str) -> None:
    assert_all_well_mannered(
        [Try(kind, lambda: upload(caller, form(part(GOOD)), kind=kind), echoes=kind)]
    )


def test_a_form_cannot_be_larger_than_the_door_takes(caller: Caller) -> None:
    body = form(part(b"\x00" * (LARGEST_BYTES + 200_000)))
    with nothing_written():
        assert upload(caller, body).status_code == 413
        chunked = upload(caller, body, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
        assert chunked.status_code == 413
