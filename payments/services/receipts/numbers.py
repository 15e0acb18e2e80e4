"""Numbers without gaps (`TW-R-2026-000001`) per legal entity, kind and year.

One row a series, locked until the receipt it counts is committed; a trigger refuses a number whose
predecessor is not there.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from payments.enums import ReceiptKind
from payments.models import LegalEntity

LETTER = {ReceiptKind.RECEIPT: "R", ReceiptKind.CREDIT_NOTE: "C", ReceiptKind.CANCELLATION: "X"}

# Whoever comes second waits here until the first has committed (and counts on from there) or
# rolled back (and takes the same number).
TAKE = """
INSERT INTO payments_receiptcounter AS c (entity_id, kind, year, last, last_issued_at)
VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (entity_id, kind, year) DO UPDATE
SET last = c.last + 1, last_issued_at = greatest(c.last_issued_at, EXCLUDED.last_issued_at)
RETURNING last, last_issued_at
"""


@dataclass(frozen=True, slots=True)
class Number:
    """A place in a series. A later number never has an earlier `issued_at`."""

    text: str
    year: int
    sequence: int
    issued_at: datetime


def take_number(entity: LegalEntity, kind: ReceiptKind) -> Number:
    """The next one, in the caller's transaction; asked last, for the series waits until it ends.

    The year is the one of the entity's place: at midnight there a new series begins.
    """
    now = timezone.now()
    year = now.astimezone(ZoneInfo(entity.time_zone)).year
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [entity.pk, kind, year, now])
        sequence, issued_at = cursor.fetchone()
    text = f"{entity.prefix}-{LETTER[kind]}-{year}-{sequence:06d}"
    return Number(text, year, sequence, issued_at)
