"""Names of strangers, made harmless: no path, no header, no right-to-left trick."""

from email.message import Message

import pytest
from django.utils.http import content_disposition_header

from core.files.names import LONGEST, cleaned_name, saved_as

NASTY = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\win.ini": "win.ini",
    "/etc/passwd": "passwd",
    "a\r\nSet-Cookie: x=1.pdf": "a Set-Cookie_ x=1.pdf",
    "a\x00b.pdf": "ab.pdf",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "zero\u200bwidth\ufeff.txt": "zerowidth.txt",
    "line\u2028break.txt": "line break.txt",
    ' "quoted".pdf ': "_quoted_.pdf",
    "<script>.pdf": "_script_.pdf",
    "100%.pdf": "100_.pdf",
    ".htaccess": "htaccess",
    "...": "file",
    "": "file",
    "\ud800.pdf": "pdf",
    "e\u0301te\u0301.pdf": "été.pdf",
    "图片.png": "图片.png",
    "  much   room .pdf": "much room .pdf",
}


@pytest.mark.parametrize("given", NASTY, ids=ascii)
def test_a_name_is_made_harmless(given: str) -> None:
    assert cleaned_name(given) == NASTY[given]


def test_a_long_name_is_cut_before_its_ending() -> None:
    name = cleaned_name("x" * 300 + ".pdf")
    assert len(name) == LONGEST
    assert name.endswith("x.pdf")
    assert len(cleaned_name("x." + "y" * 300)) == LONGEST


def test_no_name_at_all_is_a_name() -> None:
    assert cleaned_name(None) == "file"


@pytest.mark.parametrize(
    "given", [*NASTY, "x" * 300, 'a";filename="b.exe', "naïve €.pdf"], ids=ascii
)
def test_every_cleaned_name_makes_one_honest_header(given: str) -> None:
    header = content_disposition_header(True, saved_as(cleaned_name(given), "application/pdf"))
    assert header is not None
    assert header.isascii()
    assert not set(header) & set("\r\n\x00")
    read = Message()
    read["Content-Disposition"] = header
    assert read.get_content_disposition() == "attachment"
    parts = read.get_params(header="content-disposition") or []
    assert [name for name, _ in parts] in (["attachment", "filename"], ["attachment", "filename*"])
    assert read.get_filename() == saved_as(cleaned_name(given), "application/pdf")


@pytest.mark.parametrize(
    ("name", "mime", "saved"),
    [
        ("a.pdf", "application/pdf", "a.pdf"),
        ("a.PDF", "application/pdf", "a.PDF"),
        ("a.exe", "application/pdf", "a.pdf"),
        ("a", "text/csv", "a.csv"),
        ("tea v1.2 final", "text/plain", "tea v1.2 final.txt"),
        ("photo.jpeg", "image/webp", "photo.webp"),
    ],
)
def test_a_saved_file_ends_with_what_it_is(name: str, mime: str, saved: str) -> None:
    assert saved_as(name, mime) == saved
