"""What is taken and what is not: decided by the content alone, with the reason named."""

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from PIL import Image

from core.enums import FileKind
from core.files.look.inside import look_inside
from core.files.refusals import FileRefused, TooLarge, WrongType
from core.tests.files.samples import (
    EXCEL,
    PDF,
    WORD,
    archive,
    contents,
    package,
    picture,
    png_that_claims,
    wide_gamut,
)

BOTH = (FileKind.IMAGE, FileKind.DOCUMENT)
MACRO_BOOK = "application/vnd.ms-excel.sheet.macroEnabled"


def look(content: bytes, name: str = "a", kinds: tuple[FileKind, ...] = BOTH) -> Any:
    return look_inside(BytesIO(content), name=name, size=len(content), kinds=kinds)


def real_sheet() -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    book.active.append(["sku", "price"])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (picture("PNG"), "a.exe", "image/webp"),
        (picture("JPEG"), "a.txt", "image/webp"),
        (picture("WEBP"), "", "image/webp"),
        (PDF, "a.png", "application/pdf"),
        (b"a,b\n1,2\n", "a.csv", "text/csv"),
        (b"a,b\n1,2\n", "a.html", "text/plain"),
        (b"one column\nonly\n", "a.csv", "text/plain"),
        ("Grüße 你好\r\n\tنص".encode(), "a", "text/plain"),
        (b"\xef\xbb\xbfa;b\n1;2\n", "A.CSV", "text/csv"),
        (package(WORD), "a.zip", WORD),
        (package(EXCEL), "a", EXCEL),
        (real_sheet(), "prices.xlsx", EXCEL),
    ],
)
def test_the_content_says_what_it_is_whatever_it_is_called(
    content: bytes, name: str, mime: str
) -> None:
    found = look(content, name)
    assert found.mime == mime
    assert found.kind == (FileKind.IMAGE if mime == "image/webp" else FileKind.DOCUMENT)


def test_a_document_is_kept_byte_for_byte_and_a_picture_is_drawn_anew() -> None:
    assert look(PDF).content.read() == PDF
    hidden = picture("JPEG") + b"<script>alert(1)</script>"
    drawn = look(hidden).content.read()
    assert b"script" not in drawn
    assert Image.open(BytesIO(drawn)).format == "WEBP"


def test_a_picture_loses_its_exif_stands_upright_and_keeps_its_colours() -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home, 52.5N 13.4E"
    exif[0x0112] = 6  # lies on its side
    found = look(picture("JPEG", (60, 20), exif=exif, colour="red"))
    drawn = Image.open(found.content)
    assert (found.width, found.height) == drawn.size == (20, 60)
    assert not drawn.getexif()
    assert b"at home" not in found.content.getvalue()  # type: ignore[attr-defined]  # BytesIO
    red, green, _ = drawn.convert("RGB").getpixel((10, 30))  # type: ignore[misc]  # RGB
    assert red > 200 > 80 > green


def test_profiles_are_translated_and_not_kept() -> None:
    drawn = Image.open(look(wide_gamut()).content)
    assert "icc_profile" not in drawn.info
    assert drawn.convert("RGB").getpixel((4, 4))[0] > 200  # type: ignore[index]  # RGB


def test_what_shines_through_still_does() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "PNG")
    assert Image.open(look(out.getvalue()).content).mode == "RGBA"
    assert Image.open(look(picture()).content).mode == "RGB"


def test_a_large_picture_is_made_smaller() -> None:
    found = look(picture("JPEG", (4000, 1000)))
    assert (found.width, found.height) == (2048, 512)


NO_PICTURES = {
    "truncated JPEG": picture("JPEG", (300, 300))[:900],
    "half a PNG": picture()[: len(picture()) // 2],
    "1 by 1 that claims 50,000 by 50,000": png_that_claims(50_000, 50_000),
    "claims two billion by one": png_that_claims(2**31 - 1, 1),
    "claims nothing by nothing": png_that_claims(0, 0),
    "without its data": png_that_claims(5_000, 5_000),
    "only a signature": b"\x89PNG\r\n\x1a\n",
    "JPEG markers without end": b"\xff\xd8" + b"\xff\xe1\xff\xff" * 1_000,
    "half a WebP": picture("WEBP")[:20],
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_broken_pictures_and_traps_are_refused(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        look(NO_PICTURES[name])
    assert refused.value.status == 400
    assert "file" in refused.value.details


def test_a_picture_with_too_many_pixels_is_refused_with_its_size(settings: Any) -> None:
    settings.UPLOAD_IMAGE_MAX_MEGAPIXELS = 1
    with pytest.raises(FileRefused, match="1100 by 1000 pixels; 1 megapixels"):
        look(picture(size=(1100, 1000)))


FOREIGN = {
    "nothing": (b"", "empty"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
    "SVG after a comment": (b"<!-- -->" * 20 + b"<svg onload='alert(1)'>", "SVG"),
    "HTML": (b"\n <!DOCTYPE html><script>alert(1)</script>", "Web pages"),
    "HTML in capitals": (b"hello <SCRIPT>alert(1)</SCRIPT>", "Web pages"),
    "XML": (b"<?xml version='1.0'?><a/>", "XML"),
    "PHP": (b"<?php system($_GET[0]);", "Web pages"),
    "GIF": (picture("GIF"), "GIF|Graphics"),
    "TIFF": (picture("TIFF"), "taken here"),
    "a program": (b"MZ\x90\x00" + b"\x00" * 200, "Windows"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "PDF, DOCX"),
    "RTF": (b"{\\rtf1 hi}", "PDF, DOCX"),
    "PostScript": (b"%!PS-Adobe-3.0\n", "PDF, DOCX"),
    "an old Word document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "Office"),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\x00" * 20, "GZIP"),
    "bytes": (bytes(range(128, 256)) * 9, "plain text in UTF-8"),
    "UTF-16": ("a,b".encode("utf-16"), "taken here"),
    "text with NUL far behind": (b"a" * 5000 + b"\x00", "plain text"),
    "text with escape codes": (b"\x1b[2Jhello", "plain text"),
    "a ZIP of anything": (archive({"a.txt": b"a"}), "no Word or Excel"),
    "a ZIP that calls itself a presentation": (package("application/x-other"), "neither a Word"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_on_the_list_is_refused_by_name(name: str) -> None:
    content, reason = FOREIGN[name]
    with pytest.raises(WrongType, match=reason) as refused:
        look(content)
    assert (refused.value.status, refused.value.code) == (415, "unsupported_media_type")


def test_a_door_for_pictures_takes_no_documents_and_the_other_way_round() -> None:
    with pytest.raises(WrongType, match="pictures are taken here"):
        look(PDF, kinds=(FileKind.IMAGE,))
    with pytest.raises(WrongType, match="Documents as PDF"):
        look(picture(), kinds=(FileKind.DOCUMENT,))


BAD_PDFS = {
    "PDF and HTML at once": b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF",
    "HTML before the PDF's own head": b"%PDF-x<script>1</script>" + PDF,
    "cut off": PDF[:40],
    "PDF and ZIP at once": PDF + archive({"a": b"a"}) + b"%%EOF",
    "a PDF with a script": PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript /JS (x) >> /Type"),
    "a PDF that starts programs": PDF.replace(b"/Type", b"/S /Launch /Type"),
    "a PDF with a file in it": PDF.replace(b"/Type", b"/EmbeddedFile /Type"),
    "a script across two blocks": PDF[:20] + b" " * (2**18 - 25) + b"/JavaScript (x)" + PDF[20:],
}


@pytest.mark.parametrize("name", BAD_PDFS)
def test_pdfs_that_are_more_than_a_pdf_are_refused(name: str) -> None:
    with pytest.raises(FileRefused, match="PDF") as refused:
        look(BAD_PDFS[name])
    assert refused.value.status == 400


def zip_bomb() -> bytes:
    return package(extra={"word/big.xml": b"0" * 30_000_000})


def overlapping() -> bytes:
    """Two entries of the table of contents that point to the same bytes."""
    out = BytesIO(package(extra={"a": b"a" * 50, "b": b"b" * 50}))
    with zipfile.ZipFile(out, "a") as made:
        made.NameToInfo["b"].header_offset = made.NameToInfo["a"].header_offset
        made._didModify = True
    return out.getvalue()


def with_password() -> bytes:
    made = bytearray(package())
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def linked() -> bytes:
    out = BytesIO(package())
    with zipfile.ZipFile(out, "a") as made:
        info = zipfile.ZipInfo("word/link")
        info.external_attr = 0o120777 << 16
        made.writestr(info, "/etc/passwd")
    return out.getvalue()


def twice() -> bytes:
    out = BytesIO(package())
    with zipfile.ZipFile(out, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("main.xml", "other")
    return out.getvalue()


def entity_bomb() -> bytes:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    return archive({"[Content_Types].xml": bomb})


HOSTILE_PACKAGES = {
    "a bomb": (zip_bomb(), "far more than it weighs"),
    "too many entries": (package(extra={f"e{n}": b"" for n in range(2_001)}), "entries"),
    "entries that overlap": (overlapping(), "overlap"),
    "a password": (with_password(), "password"),
    "a name that leads out": (package(extra={"../../etc/passwd": b"x"}), "leads out"),
    "an absolute name": (package(extra={"/etc/passwd": b"x"}), "leads out"),
    "a Windows path": (package(extra={"C:\\x": b"x"}), "leads out"),
    "backslashes": (package(extra={"a\\..\\..\\x": b"x"}), "leads out"),
    "a link": (linked(), "link"),
    "a name twice": (twice(), "one name"),
    "something before it": (b"PK\x03\x04junk" + package(), "begins with|broken|overlap"),
    "something behind it": (package() + b"<script>alert(1)</script>", "behind"),
    "cut off": (package()[:-30], "broken"),
    "macros": (package(extra={"word/vbaProject.bin": b"x"}), "macros"),
    "a macro book": (package(MACRO_BOOK), "macros"),
    "an embedded program": (package(extra={"word/embeddings/oleObject1.bin": b"x"}), "programs"),
    "a script": (package(extra={"word/evil.js": b"x"}), "programs"),
    "entities": (entity_bomb(), "broken"),
    "a broken list of contents": (archive({"[Content_Types].xml": b"<Types"}), "broken"),
}


@pytest.mark.parametrize("name", HOSTILE_PACKAGES)
def test_hostile_office_documents_are_refused(name: str) -> None:
    content, reason = HOSTILE_PACKAGES[name]
    with pytest.raises(FileRefused, match=reason):
        look(content)


def test_an_archive_that_unpacks_to_too_much_in_all_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.files.look.archives.refuse_hostile_archive.__kwdefaults__", {
        "entries": 10, "unpacked": 1000, "ratio": 200,
    })  # fmt: skip
    with pytest.raises(FileRefused, match="unpacks to more"):
        look(package(extra={"a": b"a" * 600, "b": b"b" * 600}))


def test_printer_settings_of_an_honest_sheet_are_no_program() -> None:
    assert look(package(EXCEL, {"xl/printerSettings/printerSettings1.bin": b"x"})).mime == EXCEL


@pytest.mark.parametrize(("kind", "content"), [("IMAGE", picture()), ("DOCUMENT", PDF)])
def test_each_kind_has_its_own_largest_size(settings: Any, kind: str, content: bytes) -> None:
    setattr(settings, f"UPLOAD_{kind}_MAX_MB", 1)
    with pytest.raises(TooLarge, match="1 MB") as refused:
        look(content + b"\n" * (2**20))
    assert (refused.value.status, refused.value.code) == (413, "payload_too_large")


def test_a_list_of_contents_without_end_is_not_read() -> None:
    huge = contents(WORD).replace(b"</Types>", b" " * 1_000_001 + b"</Types>")
    with pytest.raises(FileRefused, match="too long"):
        look(archive({"[Content_Types].xml": huge}))
