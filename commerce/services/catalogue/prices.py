"""What variants cost, from when until when: set, planned, put on sale, ended.

What has begun is history and is never changed but ended. Every service locks the variant, so that
prices of one variant change one after another; the database refuses what overlaps all the same.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from commerce import locks
from commerce.models import Price
from commerce.services.catalogue import timeline
from commerce.services.catalogue.timeline import EVER, Line, Stretch
from core.audit import record_audit
from core.errors import Conflict, Invalid
from core.money import Money

FURTHEST_DAYS = 3 * 366  # a price is planned for


@transaction.atomic
def set_price(*, variant_id: UUID, price: Money, begin: datetime | None = None) -> Price:
    """What a variant regularly costs from `begin` (now) until the next change that is planned.

    A sale that runs or is planned stays, unless it is no bargain any more. The same price again
    changes nothing. Raises Invalid below zero or for a time that has passed.
    """
    _check(price)
    locks.lock_variants([variant_id])
    since = _moment(begin)
    line = _line(variant_id, price.currency, since)
    until = timeline.next_change(line, since)
    _write(
        variant_id,
        price.currency,
        since,
        lambda line: timeline.with_regular(line, price.minor, since, until),
    )
    found: Price = Price.objects.at(since).get(variant_id=variant_id, currency=price.currency)
    return found


@transaction.atomic
def set_prices(*, variant_id: UUID, prices: list[Money]) -> None:
    """Exactly these regular prices from now on; in other currencies it is sold no longer.

    Raises Invalid for two prices in one currency.
    """
    currencies = [price.currency for price in prices]
    if len(set(currencies)) != len(currencies):
        raise Invalid("One price a currency.", details={"prices": ["A currency is named twice."]})
    for price in prices:
        set_price(variant_id=variant_id, price=price)
    others = (
        Price.objects.to_come()
        .filter(variant_id=variant_id)
        .exclude(currency__in=currencies)
        .values_list("currency", flat=True)
    )
    for currency in set(others):
        end_price(variant_id=variant_id, currency=currency)


@transaction.atomic
def end_price(*, variant_id: UUID, currency: str, at: datetime | None = None) -> None:
    """From `at` (now) on it is not sold in a currency; planned prices are given up."""
    locks.lock_variants([variant_id])
    since = _moment(at)
    _write(variant_id, currency, since, lambda line: timeline.without(line, since))


@transaction.atomic
def put_on_sale(
    *, variant_id: UUID, price: Money, begin: datetime | None = None, end: datetime | None = None
) -> None:
    """Sell at a lower price from `begin` (now) to `end` (until further notice), the regular price
    beside it; another sale of that time gives way.

    Raises Invalid for a price below zero, a time that has passed or ends before it begins, and
    Conflict where there is no regular price all the time, or none above it.
    """
    _check(price)
    locks.lock_variants([variant_id])
    since, until = _span(begin, end)
    line = _line(variant_id, price.currency, since)
    # an open sale lasts as long as the regular price does; a span must be covered
    if not timeline.covers(line, since, until):
        raise Conflict(
            f"There is no regular price in {price.currency} all that time.",
            details={"price": ["Set the regular price first."]},
        )
    during = [s for s in line if s.begin < until and s.end > since]
    lowest = min(stretch.regular for stretch in during)
    if price.minor >= lowest:
        raise Conflict(
            f"The regular price is {Money(lowest, price.currency)} then.",
            details={"price": ["Below the regular price."]},
        )
    _write(
        variant_id,
        price.currency,
        since,
        lambda line: timeline.with_sale(line, price.minor, since, until),
    )
    record_audit(
        action="price.sale",
        resource=f"variant:{variant_id}",
        details={"price": str(price), "from": since.isoformat(), "to": _told(until)},
    )


@transaction.atomic
def end_sale(
    *, variant_id: UUID, currency: str, begin: datetime | None = None, end: datetime | None = None
) -> None:
    """The regular price from `begin` (now) to `end`; sales planned for that time are given up."""
    locks.lock_variants([variant_id])
    since, until = _span(begin, end)
    _write(variant_id, currency, since, lambda line: timeline.with_sale(line, None, since, until))


def prices_at(
    variant_ids: Iterable[UUID], currency: str, moment: datetime | None = None
) -> dict[UUID, Money]:
    """What variants cost at an instant (now), those that have a price then. One query."""
    found = Price.objects.at(moment).filter(variant_id__in=list(variant_ids), currency=currency)
    return {price.variant_id: price.amount for price in found}


def _check(price: Money) -> None:
    if price.minor < 0:
        raise Invalid("A price is not below zero.", details={"price": ["At least 0."]})


def now() -> datetime:
    """By the database's clock: machines that set prices need not agree with each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _moment(given: datetime | None, *, name: str = "valid_from") -> datetime:
    """Now, or a time to come."""
    present = now()
    if given is None:
        return present
    if given < present:
        raise Invalid("What has passed is not changed.", details={name: ["In the future."]})
    if (given - present).days > FURTHEST_DAYS:
        raise Invalid("That is too far ahead.", details={name: ["Within three years."]})
    return given


def _span(begin: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    since = _moment(begin)
    until = EVER if end is None else _moment(end, name="valid_to")
    if until <= since:
        raise Invalid("It ends before it begins.", details={"valid_to": ["After valid_from."]})
    return since, until


def _told(moment: datetime) -> str:
    return "" if moment == EVER else moment.isoformat()


def _rows(variant_id: UUID, currency: str, since: datetime) -> list[Price]:
    """What is in force at `since` or comes after it."""
    found = Price.objects.to_come(since).filter(variant_id=variant_id, currency=currency)
    return list(found.order_by("valid_from"))


def stretch_of(row: Price) -> Stretch:
    """A row as a stretch of the line."""
    sale = None if row.compare_at_minor is None else row.amount_minor
    return Stretch(row.valid_from, row.valid_to or EVER, row.regular_minor, sale)


def _line(variant_id: UUID, currency: str, since: datetime) -> Line:
    return [stretch_of(row) for row in _rows(variant_id, currency, since)]


def _write(
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
