"""How large a file may be. Beyond it is refused, not truncated."""

from django.conf import settings

MAX_COLUMNS = 200
MAX_CELL = 32_767  # characters; Excel's own limit
MAX_GROUP = 5_000  # rows of one order, one product
PREVIEW_ROWS = 20

# XLSX is a ZIP of XML: what it unpacks to counts, not what it weighs.
MAX_ENTRIES = 1_000
MAX_UNPACKED = 256 * 2**20  # bytes, all entries together
MAX_STRINGS = 64 * 2**20  # bytes of the shared texts, which are held in memory
MAX_RATIO = 200  # unpacked to packed, of entries that are worth looking at
SMALL_ENTRY = 2**20


def max_bytes() -> int:
    """Of a file that is uploaded (BULK_MAX_MEGABYTES)."""
    return int(settings.BULK_MAX_MEGABYTES) * 2**20


def max_rows() -> int:
    """Of a file (BULK_MAX_ROWS)."""
    return int(settings.BULK_MAX_ROWS)
