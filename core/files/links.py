"""Addresses of files. Public ones are stable and may be kept in caches for a year; for the others
the address carries until when it opens, and a signature over it.
"""

import time

from django.conf import settings
from django.core.signing import BadSignature, Signer

from core.enums import FileKind
from core.files.limits import THUMBNAIL_EDGES
from core.files.names import EXTENSIONS
from core.models import StoredFile

PREFIX = "/media/"
ORIGINAL = "original"
_signer = Signer(salt="core.files.links", sep=".")


def host() -> str:
    """Where files are fetched: MEDIA_BASE_URL, or the shop's own address."""
    return str(settings.MEDIA_BASE_URL or settings.BASE_URL)


def public_url(key: str, mime: str, edge: int | None = None) -> str:
    """The address of a public file, or of one of its small pictures."""
    return host() + path_of(key, mime, edge)


def path_of(key: str, mime: str, edge: int | None = None) -> str:
    """The same below this shop's own address, as the admin shows it."""
    return f"{PREFIX}{key}/{edge}.webp" if edge else f"{PREFIX}{key}/{ORIGINAL}.{EXTENSIONS[mime]}"


def thumbnail_urls(key: str) -> dict[str, str]:
    """The addresses of all small pictures, by their longest edge in pixels."""
    return {str(edge): f"{host()}{PREFIX}{key}/{edge}.webp" for edge in THUMBNAIL_EDGES}


def signed_url(file: StoredFile, *, edge: int | None = None, seconds: int | None = None) -> str:
    """An address that opens a private file until `seconds` from now (UPLOAD_LINK_MINUTES)."""
    path = path_of(file.key, file.mime, edge)
    until = int(time.time()) + (settings.UPLOAD_LINK_MINUTES * 60 if seconds is None else seconds)
    return f"{host()}{path}?until={until}&signature={_signature(path, until)}"


def is_signed(path: str, *, until: str, signature: str) -> bool:
    """Whether the address was given out by us and opens still. Former SECRET_KEYs count too."""
    if not (until.isascii() and until.isdigit() and len(until) < 15):
        return False
    try:
        _signer.unsign(f"{path}?{until}.{signature}")
    except BadSignature:
        return False
    return time.time() < int(until)


def _signature(path: str, until: int) -> str:
    return _signer.signature(f"{path}?{until}")


def url_for_staff(file: StoredFile, edge: int | None = None) -> str:
    """Where the admin's pages fetch a file: staff may see all of them, so the path is enough."""
    return path_of(file.key, file.mime, edge if file.kind == FileKind.IMAGE else None)
