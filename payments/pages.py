"""Where the payer lands when the gateway lets go of him, unless a shop front says otherwise."""

from django.conf import settings


def page_url(reference: str) -> str:
    """The public page of one payment; whoever knows the reference may see it."""
    return f"{settings.BASE_URL}/payments/{reference}/"
