"""Documents stay as they came, so they are looked through instead: PDF, text, CSV, DOCX, XLSX."""

import codecs
import csv
import io
import re
import zipfile
from typing import IO

from core.files.look.office import look_into_office
from core.files.refusals import FileRefused, WrongType

PDF = "application/pdf"
TEXT = "text/plain"
CSV = "text/csv"
BLOCK = 1 << 18
HEAD = 1024

MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php|%)", re.IGNORECASE
)
# What a PDF does by itself. A plain look: it sees what is not packed, and is no virus scanner.
PDF_ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?=[\s/<(\[])")
LONGEST_ACT = 20
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
PROGRAMS = (b"#!", b"MZ", b"{\\rtf", b"%!PS")


def look_into_document(file: IO[bytes], *, is_called_csv: bool = False) -> str:
    """The type of a document that may be kept. Raises FileRefused or WrongType, with the reason.

    `is_called_csv` only chooses between two words for a text that reads as a table.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return look_into_office(file)
    if head.startswith(b"%PDF-"):
        _look_into_pdf(file, head)
        return PDF
    if MARKUP.search(head):
        raise WrongType("Web pages, SVG and XML are not taken: a browser would run them.")
    if head.startswith(PROGRAMS) or not _reads_as_text(file):
        raise WrongType("Documents are taken as PDF, DOCX, XLSX, CSV or plain text in UTF-8.")
    return CSV if is_called_csv and _is_table(file) else TEXT


def _look_into_pdf(file: IO[bytes], head: bytes) -> None:
    if not re.match(rb"%PDF-[12]\.\d", head) or MARKUP.search(head):
        raise FileRefused("This begins like a PDF and goes on as something else.")
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - HEAD, 0))
    if b"%%EOF" not in file.read():
        raise FileRefused("The PDF is cut off.")
    file.seek(0)
    if zipfile.is_zipfile(file):
        raise FileRefused("The file is a PDF and a ZIP at once.")
    file.seek(0)
    kept = b""
    while block := file.read(BLOCK):
        if PDF_ACTS.search(kept + block):
            raise FileRefused("The PDF holds scripts or embedded files. Print it into a new PDF.")
        kept = block[-LONGEST_ACT:]


def _reads_as_text(file: IO[bytes]) -> bool:
    """UTF-8 from end to end, without control characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    empty = True
    try:
        while block := file.read(BLOCK):
            empty = False
            if CONTROLS.search(decoder.decode(block)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return not empty


def _is_table(file: IO[bytes]) -> bool:
    """Whether its first lines have the same number of cells, and more than one."""
    file.seek(0)
    start = file.read(BLOCK // 4).decode("utf-8-sig", "ignore")
    for delimiter in ",;\t|":
        try:
            rows = list(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter))[:20]
        except csv.Error:
            continue
        whole = rows[:-1] or rows  # the last one may be cut
        if whole and len(whole[0]) > 1 and len({len(row) for row in whole}) == 1:
            return True
    return False
