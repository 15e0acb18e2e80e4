"""Fetching the bank's files. It asks for no key, and answers the same to everybody."""

from enum import StrEnum
from functools import lru_cache

from django.conf import settings

from commerce.rates.feed import MOST_BYTES
from core.outbound import BACKGROUND, CallFailed, OutboundClient

SERVICE = "ecb"


class File(StrEnum):
    """What the bank keeps, by how far back it goes."""

    DAY = "eurofxref-daily.xml"
    QUARTER = "eurofxref-hist-90d.xml"
    ALL = "eurofxref-hist.xml"


def fetch(file: File) -> bytes:
    """A file as it is served now. Raises CallFailed, CircuitOpen, AddressRefused."""
    answer = _client(settings.ECB_RATES_BASE).request(
        "GET", f"/stats/eurofxref/{file}", operation="rates"
    )
    if not answer.ok:
        raise CallFailed(
            f"The European Central Bank answered {answer.status} instead of {file}.",
            service=SERVICE,
            perhaps_done=False,
        )
    return answer.body


@lru_cache(maxsize=4)
def _client(base_url: str) -> OutboundClient:
    return OutboundClient(
        service=SERVICE, base_url=base_url, deadline_seconds=BACKGROUND, body_cap=MOST_BYTES
    )
