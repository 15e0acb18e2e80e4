"""Setting a receipt: the page's words into the template, by typst, to the same bytes each time.

Nothing is stored: a receipt is set in some ten milliseconds whenever somebody asks for it, from
a row that never changes. PDF/A-2a (kept readable for decades) and PDF/UA-1 (readable aloud).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import typst
from django.conf import settings

from payments.models import Receipt
from payments.receipts.page import shown

logger = structlog.get_logger(__name__)

HERE = Path(__file__).parent
TEMPLATE = HERE / "template.typ"
STANDARDS = ["a-2a", "ua-1"]


def pdf_of(receipt: Receipt) -> bytes:
    """The document. What stands on it is data to the template, never code.

    The standards allow no character that no font can show. Rather than refuse a buyer's receipt
    for a product named in such a script, it is then made without them, with boxes in place.
    """
    words = json.dumps(shown(receipt))
    at = int(receipt.issued_at.timestamp())
    try:
        return _set(words, at, STANDARDS)
    except typst.TypstError as refusal:
        logger.warning("receipt.without_standards", number=receipt.number, why=refusal.message)
        return _set(words, at, [])


def file_name(receipt: Receipt) -> str:
    """Letters, digits and hyphens only: safe in any header and on any disk."""
    return f"{receipt.number}.pdf"


def _set(words: str, at: int, standards: list[Any]) -> bytes:
    made = typst.compile(
        str(TEMPLATE),
        format="pdf",
        root=str(HERE),
        font_paths=_fonts(),
        sys_inputs={"shown": words},
        pdf_standards=standards,
        timestamp=at,
    )
    assert isinstance(made, bytes)  # noqa: S101 - PDF is one file, images would be a list
    return made


@cache
def _fonts() -> typst.Fonts:
    """Those that come with Tradewind, and the operator's; the machine's own are left out, so that
    every machine makes the same page."""
    folders = [str(HERE / "fonts")]
    if settings.RECEIPT_FONT_DIR:
        folders.append(settings.RECEIPT_FONT_DIR)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
