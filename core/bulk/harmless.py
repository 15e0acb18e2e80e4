"""Texts that a spreadsheet would run as formulas, made harmless on the way out and read back.

A cell that begins with one of these is prefixed with an apostrophe (OWASP ASVS 1.2.10), always,
in CSV and XLSX alike. Reading takes exactly one apostrophe away again, so that a file that goes
out and comes in says what it said.
"""

import re

STARTS = "=+\\-@\t\r\n＝＋－＠"
_DANGEROUS = re.compile(f"'*[{STARTS}]")
_PREFIXED = re.compile(f"'+[{STARTS}]")
_FULL_WIDTH_OR_NOT = ("=", "＝")


def harmless(text: str) -> str:
    """The text as a cell that nothing runs."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def as_it_was(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if _PREFIXED.match(cell) else cell


def is_formula(cell: str) -> bool:
    """Whether a cell of a stranger's file is a formula rather than a text or a number."""
    return cell.startswith(_FULL_WIDTH_OR_NOT) and len(cell) > 1
