"""Reading receipts back as a reader would."""

import io

import pypdf

from payments.models import Receipt
from payments.receipts.pdf import pdf_of

INVISIBLE = dict.fromkeys(map(ord, "\u2068\u2069\u200e\u200f"), None)


def pages_of(receipt: Receipt | bytes) -> list[str]:
    """The text of each page, without the marks that only steer directions."""
    data = receipt if isinstance(receipt, bytes) else pdf_of(receipt)
    return [
        page.extract_text().translate(INVISIBLE).replace("\xa0", " ").replace("\u202f", " ")
        for page in pypdf.PdfReader(io.BytesIO(data)).pages
    ]


def text_of(receipt: Receipt | bytes) -> str:
    """All of it."""
    return "\n".join(pages_of(receipt))
