"""What a file was called, made harmless: shown to people, offered for saving, never a path."""

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
NAMELESS = "file"
# controls, format characters (right-to-left overrides, zero widths), surrogates, private use,
# unassigned, line and paragraph separators
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
RESERVED = re.compile(r'[<>:"|?*\\/%]')
EXTENSIONS = {
    "image/webp": "webp",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""Every type that is ever stored, and how its files are called."""


def cleaned_name(given: str | None) -> str:
    """The last part of `given` without what cannot be seen or would mean something to a shell,
    a header or a file system. Never empty, never hidden, at most LONGEST characters."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given or ""))[-1]
    name = "".join(" " if char.isspace() else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char) not in INVISIBLE)
    name = RESERVED.sub("_", " ".join(name.split())).strip(". ")
    if len(name) > LONGEST:
        suffix = PurePosixPath(name).suffix[:12]
        name = name[: LONGEST - len(suffix)].rstrip(". ") + suffix
    return name or NAMELESS


def saved_as(name: str, mime: str) -> str:
    """The name under which a file of this type is offered: its ending says what it is."""
    ending = EXTENSIONS[mime]
    stem, dot, last = name.rpartition(".")
    if dot and last.lower() == ending:
        return name
    looks_like_ending = bool(dot) and re.fullmatch(r"[A-Za-z0-9]{1,5}", last) is not None
    return f"{stem if looks_like_ending else name}.{ending}"
