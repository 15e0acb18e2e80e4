"""What variants cost, from when until when: set, planned, put on sale, ended.

What has begun is history and is never changed but ended. Every service locks the variant, so that
prices of one variant change one after another; the database refuses what overlaps all the same.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.models import Price
from commerce.services.catalogue import timeline
from commerce.services.catalogue.price_rows import in_words, line_of, moment_of, span_of, write_line
from core.audit import record_audit
from core.errors import Conflict, Invalid
from core.money import Money


@transaction.atomic
def set_price(*, variant_id: UUID, price: Money, begin: datetime | None = None) -> Price:
    """What a variant regularly costs from `begin` (now) until the next change that is planned.

    A sale that runs or is planned stays, unless it is no bargain any more. The same price again
    changes nothing. Raises Invalid below zero or for a time that has passed.
    """
    _check(price)
    locks.lock_variants([variant_id])
    since = moment_of(begin)
    line = line_of(variant_id, price.currency, since)
    until = timeline.next_change(line, since)
    write_line(
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
    since = moment_of(at)
    write_line(variant_id, currency, since, lambda line: timeline.without(line, since))


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
    since, until = span_of(begin, end)
    line = line_of(variant_id, price.currency, since)
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
    write_line(
        variant_id,
        price.currency,
        since,
        lambda line: timeline.with_sale(line, price.minor, since, until),
    )
    record_audit(
        action="price.sale",
        resource=f"variant:{variant_id}",
        details={"price": str(price), "from": since.isoformat(), "to": in_words(until)},
    )


@transaction.atomic
def end_sale(
    *, variant_id: UUID, currency: str, begin: datetime | None = None, end: datetime | None = None
) -> None:
    """The regular price from `begin` (now) to `end`; sales planned for that time are given up."""
    locks.lock_variants([variant_id])
    since, until = span_of(begin, end)
    write_line(
        variant_id, currency, since, lambda line: timeline.with_sale(line, None, since, until)
    )


def prices_at(
    variant_ids: Iterable[UUID], currency: str, moment: datetime | None = None
) -> dict[UUID, Money]:
    """What variants cost at an instant (now), those that have a price then. One query."""
    found = Price.objects.at(moment).filter(variant_id__in=list(variant_ids), currency=currency)
    return {price.variant_id: price.amount for price in found}


def _check(price: Money) -> None:
    if price.minor < 0:
        raise Invalid("A price is not below zero.", details={"price": ["At least 0."]})
