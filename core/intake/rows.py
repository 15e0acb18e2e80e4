"""The rows of arrivals, and the one statement that writes many of them."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from core.intake.arrival import Arrival, storable

ARRIVE = (
    "SELECT external_key, duplicate FROM core_arrive(%b::text[], %b::text[], %b::text[], "
    "%b::text[], %b::bytea[], %b::text[]::jsonb[])"
)
_encode = msgspec.json.Encoder().encode


class Row(NamedTuple):
    """One arrival in the order of core_arrive's parameters."""

    source: str
    key: str
    type: str
    subject: str
    body: bytes
    headers: str


def row_of(source: str, arrival: Arrival, body: bytes) -> Row:
    """What is stored; words a database cannot keep are mended, the body never is."""
    headers = {name: storable(value) for name, value in arrival.headers.items()}
    return Row(
        source,
        storable(arrival.key),
        storable(arrival.type),
        storable(arrival.subject),
        body,
        _encode(headers).decode(),
    )


def parameters(rows: Sequence[Row]) -> list[list[str] | list[bytes]]:
    """Columns instead of rows."""
    return [list(column) for column in zip(*rows, strict=True)]


class StoreUnavailable(Exception):
    """The database did not take it now; the sender has to try again."""


class RowRefused(Exception):
    """The database will never take this row."""
