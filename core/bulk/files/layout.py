"""How a file is laid out: found by looking at its bytes, never believed from its name."""

import codecs
import csv
import io
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from core.bulk.files.refusals import UnreadableFile
from core.bulk.files.xlsx import check_package, sheet_names
from core.bulk.limits import max_bytes
from core.enums import BulkFormat

ZIP = b"PK\x03\x04"
MAGIC = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls) or one with a password; save it as .xlsx",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"{\\rtf": "a text document (RTF)",
    b"PK\x05\x06": "an empty ZIP",
    b"\x1f\x8b": "compressed; unpack it first",
    b"<?xml": "XML",
    b"<html": "a web page",
    b"<!DOC": "a web page",
}
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLOCK = 1 << 20
LOOKED_AT = 64 * 1024


@dataclass(slots=True)
class Layout:
    """What was found, or what a person said instead."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the job."""
        return asdict(self)


def find_layout(file: IO[bytes], *, encoding: str = "", delimiter: str = "", sheet: str = "") -> (
    Layout
):  # fmt: skip
    """Look at a file and say how it is to be read; what is given is believed.

    Raises UnreadableFile for what is no table at all, or a trap.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size == 0:
        raise UnreadableFile("The file is empty.")
    if size > max_bytes():
        raise UnreadableFile(f"The file is larger than {max_bytes() // 2**20} MB.")
    start = file.read(8)
    file.seek(0)
    if start.startswith(ZIP):
        check_package(file)
        names = sheet_names(file)
        if sheet and sheet not in names:
            raise UnreadableFile(f"There is no sheet {sheet!r}. There are: {', '.join(names)}.")
        return Layout(BulkFormat.XLSX, sheet=sheet or names[0], sheets=names)
    for magic, what in MAGIC.items():
        if start.lower().startswith(magic.lower()):
            raise UnreadableFile(f"This is {what}, not a CSV or XLSX file.")
    if encoding and encoding not in ENCODINGS:
        raise UnreadableFile(f"The encoding is one of: {', '.join(ENCODINGS)}.")
    if delimiter and delimiter not in DELIMITERS:
        raise UnreadableFile("The delimiter is a comma, a semicolon, a tab or a bar.")
    encoding = encoding or find_encoding(file)
    return Layout(
        BulkFormat.CSV, encoding=encoding, delimiter=delimiter or find_delimiter(file, encoding)
    )


def find_encoding(file: IO[bytes]) -> str:
    """UTF-8, UTF-16 or Windows-1252, by the whole of the bytes. Raises UnreadableFile."""
    file.seek(0)
    start = file.read(LOOKED_AT)
    for bom, name in BOMS.items():
        if start.startswith(bom):
            return name
    pairs = len(start) // 2 or 1
    if start[1::2].count(0) > pairs * 0.4 and not start[::2].count(0):
        return "utf-16-le"
    if start[::2].count(0) > pairs * 0.4 and not start[1::2].count(0):
        return "utf-16-be"
    valid, beyond_ascii, error = _reads_as_utf8(file)
    if valid:
        return "utf-8"
    if beyond_ascii:
        raise UnreadableFile(
            f"The text is broken UTF-8 (byte {error + 1}). Save it as CSV UTF-8 again."
        )
    if not _reads_as(file, "cp1252"):
        raise UnreadableFile("The text is neither UTF-8 nor UTF-16 nor Windows-1252.")
    return "cp1252"


def _reads_as_utf8(file: IO[bytes]) -> tuple[bool, bool, int]:
    """Whether it is UTF-8; whether letters beyond ASCII were read before it was not; where not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    beyond, position = False, 0
    while block := file.read(BLOCK):
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            sound = error.object[: error.start].decode("utf-8", "ignore")
            return False, beyond or not sound.isascii(), position + error.start
        beyond = beyond or not text.isascii()
        position += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, beyond, position
    return True, beyond, position


def _reads_as(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(BLOCK):
            decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(file: IO[bytes], encoding: str) -> str:
    """What parts the heading line into most columns, most evenly in the lines below it."""
    file.seek(0)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(LOOKED_AT))
    best, most = ",", (0, 0)
    for delimiter in DELIMITERS:
        try:
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[:50]
        except csv.Error:
            continue
        if not lines:
            continue
        width = len(lines[0])
        even = sum(len(line) == width for line in lines)
        if width > 1 and (even, width) > most:
            best, most = delimiter, (even, width)
    return best
