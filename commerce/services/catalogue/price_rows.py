"""Stretches of time in which a variant costs something, as rows: read, compared, written."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from commerce.models import Price
from commerce.services.catalogue.timeline import EVER, Line, Stretch
from core.errors import Invalid

FURTHEST_DAYS = 3 * 366  # a price is planned for


def now() -> datetime:
    """By the database's clock: machines that set prices need not agree with each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def moment_of(given: datetime | None, *, name: str = "valid_from") -> datetime:
    """Now, or a time to come."""
    present = now()
    if given is None:
        return present
    if given < present:
        raise Invalid("What has passed is not changed.", details={name: ["In the future."]})
    if (given - present).days > FURTHEST_DAYS:
        raise Invalid("That is too far ahead.", details={name: ["Within three years."]})
    return given


def span_of(begin: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    since = moment_of(begin)
    until = EVER if end is None else moment_of(end, name="valid_to")
    if until <= since:
        raise Invalid("It ends before it begins.", details={"valid_to": ["After valid_from."]})
    return since, until


def in_words(moment: datetime) -> str:
    return "" if moment == EVER else moment.isoformat()


def _rows(variant_id: UUID, currency: str, since: datetime) -> list[Price]:
    """What is in force at `since` or comes after it."""
    found = Price.objects.to_come(since).filter(variant_id=variant_id, currency=currency)
    return list(found.order_by("valid_from"))


def stretch_of(row: Price) -> Stretch:
    """A row as a stretch of the line."""
    sale = None if row.compare_at_minor is None else row.amount_minor
    return Stretch(row.valid_from, row.valid_to or EVER, row.regular_minor, sale)


def line_of(variant_id: UUID, currency: str, since: datetime) -> Line:
    return [stretch_of(row) for row in _rows(variant_id, currency, since)]


def write_line(
    variant_id: UUID, currency: str, since: datetime, change: Callable[[Line], Line]
) -> None:
    """Bring the rows to what `change` makes of them."""
    write_lines({(variant_id, currency): change}, by_key(_rows(variant_id, currency, since)))


def by_key(rows: Iterable[Price]) -> dict[tuple[UUID, str], list[Price]]:
    """Rows by variant and currency, in the order they came."""
    made: dict[tuple[UUID, str], list[Price]] = {}
    for row in rows:
        made.setdefault((row.variant_id, row.currency), []).append(row)
    return made


def write_lines(
    changes: Mapping[tuple[UUID, str], Callable[[Line], Line]],
    rows: Mapping[tuple[UUID, str], list[Price]],
) -> None:
    """Change many lines with a handful of statements. `rows` are those to come, in their order;
    their variants are locked.

    In three steps, since no two rows overlap at any time: what goes and what gets shorter, what
    gets longer, what is new.
    """
    gone: list[UUID] = []
    shorter: list[Price] = []
    longer: list[Price] = []
    fresh: list[Price] = []
    for key, change in changes.items():
        before = {row.valid_from: row for row in rows.get(key, ())}
        after = {
            stretch.begin: stretch for stretch in change([stretch_of(r) for r in before.values()])
        }
        for begin, row in before.items():
            stretch = after.pop(begin, None)
            if stretch is None:
                gone.append(row.pk)
            elif stretch != stretch_of(row):
                grows = stretch.end > (row.valid_to or EVER)
                _take(row, stretch)
                (longer if grows else shorter).append(row)
        for stretch in after.values():
            row = Price(variant_id=key[0], currency=key[1], valid_from=stretch.begin)
            _take(row, stretch)
            fresh.append(row)
    fields = ["amount_minor", "compare_at_minor", "valid_to", "updated_at"]
    if gone:
        Price.objects.filter(pk__in=gone).delete()
    if shorter:
        Price.objects.bulk_update(shorter, fields, batch_size=500)
    if longer:
        Price.objects.bulk_update(longer, fields, batch_size=500)
    if fresh:
        Price.objects.bulk_create(fresh, batch_size=1000)


def _take(row: Price, stretch: Stretch) -> None:
    row.amount_minor, row.compare_at_minor = stretch.amount, stretch.compare_at
    row.valid_to = None if stretch.end == EVER else stretch.end
    row.updated_at = timezone.now()
