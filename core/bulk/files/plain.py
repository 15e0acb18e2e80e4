"""CSV: strict on the way in, plain RFC 4180 in UTF-8 on the way out."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any

from core.bulk.files.refusals import UnreadableFile
from core.bulk.limits import MAX_CELL


def csv_rows(file: IO[bytes], *, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line each ends on. Raises UnreadableFile naming the line."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any("\0" in cell for cell in cells):
                raise UnreadableFile(f"Line {reader.line_num} holds a NUL character.")
            yield reader.line_num, cells
    except csv.Error as error:
        reason = str(error)
        if "field limit" in reason:
            reason = f"a cell is longer than {MAX_CELL:,} characters"
        elif "NUL" in reason:
            reason = "it holds a NUL character"
        elif "unexpected end of data" in reason:
            reason = "a quote is opened and never closed"
        elif "expected after" in reason:
            reason = "a quote stands in the middle of a cell"
        raise UnreadableFile(f"Line {reader.line_num}: {reason}.") from None
    except UnicodeError as error:
        raise UnreadableFile(
            f"Near line {reader.line_num + 1} the text is no {encoding}: {error.reason}."
            if isinstance(error, UnicodeDecodeError)
            else f"The text is no {encoding}: {error}."
        ) from None
    finally:
        with suppress(ValueError):  # the file may be closed before a reader who left early
            text.detach()


class CsvWriter:
    """Writes rows into a binary file: UTF-8 with a byte order mark, which Excel asks for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self._writer = csv.writer(self._text)

    def write(self, cells: Iterable[Any]) -> None:
        """One row."""
        self._writer.writerow(["" if cell is None else cell for cell in cells])

    def close(self) -> None:
        """Hand over what is buffered; the file below stays open."""
        self._text.flush()
        self._text.detach()
