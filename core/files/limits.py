"""How much is taken. Beyond it is refused, never cut."""

from django.conf import settings

from core.enums import FileKind

MB = 2**20
FORM_EXTRAS = 64 * 1024  # a form's other fields and boundaries

# What is kept of a picture, and the small ones beside it: longest edge in pixels.
STORED_EDGE = 2048
THUMBNAIL_EDGES = (96, 320, 1024)

# DOCX and XLSX are ZIPs of XML: what they unpack to counts, not what they weigh.
ARCHIVE_ENTRIES = 2_000
ARCHIVE_UNPACKED = 256 * MB
ARCHIVE_RATIO = 200  # unpacked to packed, of entries that are worth looking at
ARCHIVE_SMALL_ENTRY = MB


def largest_bytes(kind: str) -> int:
    """Of one file (UPLOAD_IMAGE_MAX_MB, UPLOAD_DOCUMENT_MAX_MB)."""
    if kind == FileKind.IMAGE:
        return int(settings.UPLOAD_IMAGE_MAX_MB) * MB
    return int(settings.UPLOAD_DOCUMENT_MAX_MB) * MB


def largest_body() -> int:
    """Of a request that brings one file of any kind."""
    return max(largest_bytes(kind) for kind in FileKind.values) + FORM_EXTRAS


def largest_pixels() -> int:
    """Of a picture, width by height (UPLOAD_IMAGE_MAX_MEGAPIXELS)."""
    return int(settings.UPLOAD_IMAGE_MAX_MEGAPIXELS) * 1_000_000
