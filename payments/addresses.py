"""Where a payer may be sent back to: our own pages, or a shop front that we know."""

from urllib.parse import urlsplit

from django.conf import settings


def page_url(reference: str) -> str:
    """The public page of one payment; whoever knows the reference may see it."""
    return f"{settings.BASE_URL}/payments/{reference}/"


def payment_receipt_url(reference: str) -> str:
    """The PDF of a payment's receipt; whoever knows the reference may see it."""
    return f"{settings.BASE_URL}/payments/{reference}/receipt.pdf"


def receipt_url(token: str) -> str:
    """A receipt's PDF; whoever was given the token may see it."""
    return f"{settings.BASE_URL}/receipts/{token}.pdf"


def is_ours(url: str) -> bool:
    """Whether `url` lies on BASE_URL or on an allowed shop front (CORS_ALLOWED_ORIGINS).

    Anything else would let a stranger send payers from our page to his.
    """
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return False
    plain = parts.username is None and "\\" not in url and parts.scheme in ("https", "http")
    return plain and origin in {settings.BASE_URL, *settings.CORS_ALLOWED_ORIGINS}


def absolute(path: str) -> str:
    """A path of ours as people reach it, for mails."""
    return f"{settings.BASE_URL}{path}"
