"""Files that are no tables, and files that are traps, are refused with the reason."""

import io
import zipfile
from pathlib import Path

import pytest

from core.bulk.files.layout import find_layout
from core.bulk.files.reading import headings_and_rows
from core.bulk.files.refusals import UnreadableFile
from core.tests.bulk.rows import as_csv, as_xlsx

GOOD = [["a", "b"], ["1", "2"]]


def read(content: bytes, **how: str) -> list[tuple[int, list[str]]]:
    file = io.BytesIO(content)
    layout = find_layout(file, **how)
    headings, rows = headings_and_rows(file, layout)
    return [(0, headings), *rows]


def repacked(change: dict[str, bytes], *, drop: str = "") -> bytes:
    """A good workbook with parts replaced, added or dropped."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx(GOOD))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != drop and name not in change:
                new.writestr(name, old.read(name))
        for name, content in change.items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    + (
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row>'
        "</sheetData></worksheet>"
    ).encode()
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + (
    f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
)
HIDDEN = b"<?xml version='1.0'?><!--" + b" " * 70_000 + b"-->" + LAUGHS[21:]

TRAPS = {
    "empty": (b"", "empty"),
    "only headings missing": (b"\n\n\n", "no row"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "a picture"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 500, "old Excel"),
    "pdf": (b"%PDF-1.7\n", "a PDF"),
    "program": (b"\x7fELF" + b"\0" * 60, "a program"),
    "web page": (b"<html><body>a,b</body></html>", "a web page"),
    "gzip": (b"\x1f\x8b\x08\0" + b"\0" * 20, "compressed"),
    "nul": (b"a,b\n1,\x002\n", "NUL"),
    "open quote": (b'a,b\n1,"2\n3,4\n', "never closed"),
    "quote in a cell": (b'a,b\n1,"2"3\n', "quote stands in the middle"),
    "huge cell": (b"a,b\n1," + b"x" * 10_000_000 + b"\n", "longer than"),
    "long cell": (b"a,b\n1," + b"x" * 40_000 + b"\n", "longer than"),
    "wide": (b",".join([b"c"] * 300) + b"\n", "300 columns"),
    "wide row": (b"a,b\n" + b"," * 300 + b"1\n", "301 cells"),
    "twice": (b"a,a\n1,2\n", "Two columns are called 'a'"),
    "broken utf-8": ("naïve,b\n".encode() + b"caf\xe9,2\n", "broken UTF-8"),
    "no zip": (b"PK\x03\x04" + b"garbage" * 30, "damaged"),
    "another zip": (repacked({}, drop="xl/workbook.xml"), "not an Excel file"),
    "macros": (repacked({"xl/vbaProject.bin": b"macro"}), "macros"),
    "macro type": (
        repacked({"[Content_Types].xml": b"<Types>application/x.sheet.macroEnabled.12</Types>"}),
        "macros",
    ),
    "many parts": (repacked({f"xl/x{n}.xml": b"<a/>" for n in range(1100)}), "parts"),
    "bomb": (repacked({SHEET: b"<a>" + b" " * 30_000_000}), "unpacks to far more"),
    "billion laughs": (repacked({SHEET: LAUGHS}), "entities"),
    "outside entity": (repacked({SHEET: OUTSIDE}), "entities"),
    "hidden entity": (repacked({SHEET: HIDDEN}), "cannot be read"),
    "entity in the workbook": (
        repacked({"xl/workbook.xml": b"<?xml version='1.0'?><!DOCTYPE x []><workbook/>"}),
        "entities",
    ),
    "broken xml": (repacked({SHEET: b"<worksheet><row"}), "cannot be read"),
    "damaged": (as_xlsx(GOOD)[:-200], "damaged"),
    "utf-16 entity": (repacked({SHEET: LAUGHS.decode().encode("utf-16")}), "entities"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_it_is_refused_and_says_why(trap: str) -> None:
    content, reason = TRAPS[trap]
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    assert reason in refused.value.message
    assert refused.value.details == {"file": [refused.value.message]}


def test_too_large_and_too_long_are_refused(settings) -> None:
    settings.BULK_MAX_MEGABYTES = 1
    with pytest.raises(UnreadableFile, match="larger than 1 MB"):
        read(b"a,b\n" + b"1,2\n" * 300_000)
    settings.BULK_MAX_ROWS = 10
    with pytest.raises(UnreadableFile, match="more than 10 rows"):
        read(b"a,b\n" + b"1,2\n" * 11)
    assert len(read(b"a,b\n" + b"1,2\n" * 10)) == 11


def test_a_sheet_that_claims_a_million_rows_is_not_walked_to_its_end() -> None:
    far = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="inlineStr"><is><t>a</t></is></c>'
        '</row><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>z</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    with pytest.raises(UnreadableFile, match="empty rows follow each other"):
        read(repacked({SHEET: far.encode()}))


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("a,b\n1,é\n".encode(), "utf-8", ","),
        ("\ufeffa;b\n1;é\n".encode(), "utf-8-sig", ";"),
        ("a\tb\n1\té\n".encode("cp1252"), "cp1252", "\t"),
        ("a|b\n1|é\n".encode("utf-16"), "utf-16", "|"),
        ("a;b\n1;é\n".encode("utf-16-le"), "utf-16-le", ";"),
        ("a;b\n1;é\n".encode("utf-16-be"), "utf-16-be", ";"),
        (b"a,b\n1,2\n", "utf-8", ","),
        (b"name;price\nx;1,50\n", "utf-8", ";"),
    ],
)
def test_encoding_and_delimiter_are_found(content: bytes, encoding: str, delimiter: str) -> None:
    layout = find_layout(io.BytesIO(content))
    assert (layout.encoding, layout.delimiter) == (encoding, delimiter)
    assert len(read(content)) == 2


def test_a_person_may_say_it_otherwise() -> None:
    content = "a,b\n1,\x80\n".encode("latin-1")
    assert read(content, encoding="cp1252")[1] == (2, ["1", "€"])
    with pytest.raises(UnreadableFile, match="encoding is one of"):
        read(content, encoding="ebcdic")


def test_a_sheet_is_chosen_by_name() -> None:
    content = as_xlsx(GOOD, sheet="Prices")
    assert read(content, sheet="Prices")[1] == (2, ["1", "2"])
    with pytest.raises(UnreadableFile, match="There are: Prices"):
        read(content, sheet="Other")


def test_nothing_is_left_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(as_csv(GOOD))
    with path.open("rb") as file:
        layout = find_layout(file)
        _, rows = headings_and_rows(file, layout)
        assert list(rows) == [(2, ["1", "2"])]
        assert not file.closed
