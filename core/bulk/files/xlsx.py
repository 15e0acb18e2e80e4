"""Excel's own files: checked as packages before they are opened, read and written in a stream."""

import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml import DEFUSEDXML

from core.bulk.files.refusals import UnreadableFile
from core.bulk.limits import (
    MAX_CELL,
    MAX_ENTRIES,
    MAX_RATIO,
    MAX_STRINGS,
    MAX_UNPACKED,
    SMALL_ENTRY,
)

SIGNS_OF_XML_TRAPS = (b"<!DOCTYPE", b"<!ENTITY")
PROLOGUE = 64 * 1024  # bytes in which a document type would stand
CONTENT_TYPES = "[content_types].xml"
MACROS = "The file holds macros. Save it as .xlsx, without them."
DIGITS = 15  # of a number that Excel keeps
FOREIGN = "it is not written as Excel writes it"

if not DEFUSEDXML:  # pragma: no cover  - it is locked in requirements.txt
    raise ImportError("openpyxl would read XML without defusedxml.")


def check_package(file: IO[bytes]) -> None:
    """Look at the ZIP without unpacking it. Raises UnreadableFile for bombs, macros, entities."""
    try:
        with zipfile.ZipFile(file) as package:
            _check_sizes(package.infolist())
            _check_parts(package)
    except UnreadableFile:
        raise
    except Exception as error:  # a stranger's ZIP: BadZipFile, zlib.error, RuntimeError ...
        raise UnreadableFile("The Excel file is damaged or encrypted.") from error


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = {entry.filename.lower(): entry for entry in package.infolist()}
    if not {CONTENT_TYPES, "xl/workbook.xml"} <= parts.keys():
        raise UnreadableFile("This ZIP is not an Excel file (.xlsx).")
    if any(name.endswith("vbaproject.bin") for name in parts):
        raise UnreadableFile(MACROS)
    for name, entry in parts.items():
        if name.endswith((".xml", ".rels")):
            with package.open(entry) as content:
                start = content.read(PROLOGUE).replace(b"\0", b"").upper()
            if any(sign in start for sign in SIGNS_OF_XML_TRAPS):
                raise UnreadableFile("The file holds XML entities, which no table needs.")
            if name == CONTENT_TYPES and b"MACROENABLED" in start:
                raise UnreadableFile(MACROS)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile(f"The file holds {len(entries)} parts; a table has few.")
    if len({entry.filename for entry in entries}) != len(entries):
        raise UnreadableFile("The file holds the same part twice.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise UnreadableFile(
            f"The file would unpack to {unpacked // 2**20} MB; {MAX_UNPACKED // 2**20} is the most."
        )
    for entry in entries:
        if entry.filename.lower().endswith("sharedstrings.xml") and entry.file_size > MAX_STRINGS:
            raise UnreadableFile("The file holds too much text; save it as CSV.")
        if entry.file_size > SMALL_ENTRY and entry.file_size > entry.compress_size * MAX_RATIO:
            raise UnreadableFile("A part of the file unpacks to far more than it weighs.")


def _open(file: IO[bytes]) -> Any:
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions we do not read
        try:
            return load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except InvalidFileException as error:
            raise UnreadableFile(str(error)) from None
        except Exception as error:  # a stranger's XML: KeyError, ValueError, ParseError, DTD ...
            raise UnreadableFile(f"The Excel file cannot be read: {FOREIGN}.") from error


def sheet_names(file: IO[bytes]) -> list[str]:
    """The sheets that hold tables. Raises UnreadableFile."""
    book = _open(file)
    try:
        names = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    if not names:
        raise UnreadableFile("The Excel file has no sheet.")
    return names


def xlsx_rows(file: IO[bytes], *, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, cells as texts. Raises UnreadableFile.

    A formula comes as its text, beginning with "=": it is for the reader to refuse.
    """
    book = _open(file)
    try:
        page = book[sheet]
        page.reset_dimensions()  # what the file says of its own size is not believed
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
                texts = [_text(cell) for cell in cells]
                while texts and not texts[-1]:
                    texts.pop()
                yield number, texts
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(f"Sheet {sheet!r} cannot be read: {FOREIGN}.") from error
    finally:
        book.close()


def _text(cell: Any) -> str:
    """A cell as the text a person sees in it, times as ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{Decimal(format(cell, f'.{DIGITS}g')):f}"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


class XlsxWriter:
    """Writes one sheet row by row; openpyxl keeps the rows in a file of its own until the end."""

    def __init__(self, file: IO[bytes], *, title: str) -> None:
        self._file = file
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(title[:31])

    def write(self, cells: Iterable[Any]) -> None:
        """One row. Numbers stay numbers, texts are texts whatever they begin with."""
        self._sheet.append([self._cell(cell) for cell in cells])

    def _cell(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        cell = WriteOnlyCell(self._sheet, value=None)
        text = value[:MAX_CELL]
        cell.value = text.translate(_NOT_IN_XML)
        cell.data_type = "s"  # never "f", never guessed
        return cell

    def close(self) -> None:
        """Put the package together."""
        self._book.save(self._file)


_NOT_IN_XML = {code: None for code in range(32) if chr(code) not in "\t\n\r"}
