"""DOCX and XLSX: packages of XML that must not carry programs."""

import zipfile
from typing import IO

from defusedxml.ElementTree import fromstring

from core.files.look.archives import refuse_hostile_archive
from core.files.refusals import FileRefused, WrongType

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN_PARTS = {
    DOCX + ".main+xml": DOCX,
    XLSX + ".main+xml": XLSX,
}
CONTENTS = "[Content_Types].xml"
LONGEST_CONTENTS = 1_000_000  # bytes
PROGRAMS = ("vbaproject", "vbadata", "activex", "oleobject", "macrosheets/", "customui/")
PROGRAM_ENDINGS = (".bin", ".exe", ".dll", ".js", ".vbs", ".ps1", ".bat", ".com", ".scr", ".jar")
# binary by nature and harmless: what a printer was told, cached pivot tables
HARMLESS = ("printersettings", "pivotcache")


def look_into_office(file: IO[bytes]) -> str:
    """Which of the two it is. Raises FileRefused for traps and macros, WrongType for other ZIPs."""
    with refuse_hostile_archive(file) as archive:
        types = _content_types(archive)
        for name in archive.namelist():
            _refuse_program(name.lower())
    if any("macroenabled" in kind.lower() or "vba" in kind.lower() for kind in types):
        raise FileRefused("The document holds macros. Save it without them.")
    found = {MAIN_PARTS[kind] for kind in types if kind in MAIN_PARTS}
    if len(found) != 1:
        raise WrongType("This is a ZIP, but neither a Word (DOCX) nor an Excel (XLSX) document.")
    return found.pop()


def _content_types(archive: zipfile.ZipFile) -> set[str]:
    """The types its parts have, as the package's own list tells."""
    if CONTENTS not in archive.namelist():
        raise WrongType("This is a ZIP, but no Word or Excel document.")
    if archive.getinfo(CONTENTS).file_size > LONGEST_CONTENTS:
        raise FileRefused("The document's list of contents is too long.")
    try:
        root = fromstring(archive.read(CONTENTS))
    except Exception as error:  # XML and packed bytes of strangers go wrong in many ways
        raise FileRefused("The document's list of contents is broken.") from error
    return {node.get("ContentType", "") for node in root}


def _refuse_program(name: str) -> None:
    if any(part in name for part in PROGRAMS):
        raise FileRefused("The document holds macros or embedded programs. Save it without them.")
    if name.endswith(PROGRAM_ENDINGS) and not any(part in name for part in HARMLESS):
        raise FileRefused("The document holds embedded programs. Save it without them.")
