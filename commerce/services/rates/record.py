"""Writes down what the bank published: what is new, what it corrected, what is held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from commerce import locks
from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate
from commerce.rates.judge import COMPARED_WITHIN, Key, Verdict
from core.events import publish

MOST_TOLD = 20

COPY = """
COPY commerce_exchangerate (day, currency, per_euro, state, reason, source) FROM STDIN
"""
LET_IN = [RateState.IN_FORCE, RateState.COVERED]
STILL_SAID = [*LET_IN, RateState.HELD, RateState.REFUSED]


@dataclass(slots=True)
class Recorded:
    """How many figures were new, corrected, or held; the rest was known."""

    new: int = 0
    corrected: int = 0
    held: int = 0

    def __iadd__(self, other: "Recorded") -> "Recorded":
        self.new += other.new
        self.corrected += other.corrected
        self.held += other.held
        return self


def accepted_between(first: date, last: date) -> set[Key]:
    """What the bank said of these days and was let into force."""
    rows = ExchangeRate.objects.filter(
        source=RateSource.ECB, state__in=LET_IN, day__gte=first, day__lte=last
    )
    return set(rows.values_list("currency", "day", "per_euro"))


def last_before(day: date) -> dict[str, tuple[date, Decimal]]:
    """Per currency the bank's newest figure let into force ahead of a day."""
    rows = (
        ExchangeRate.objects.filter(
            source=RateSource.ECB, state__in=LET_IN, day__lt=day, day__gte=day - COMPARED_WITHIN
        )
        .order_by("currency", "-day", "-id")
        .distinct("currency")
    )
    return {row.currency: (row.day, row.per_euro) for row in rows}


@transaction.atomic
def record_published(*, verdicts: Sequence[Verdict]) -> Recorded:
    """Add figures that are not known yet; another figure of a known day replaces it.

    A manual rate stays in force: the bank's stands behind it. A held figure changes nothing until
    somebody approves it. Repeating the call changes nothing.
    """
    locks.lock_rates()
    found = _known(verdict.rate.day for verdict in verdicts)
    recorded = Recorded()
    fresh: list[tuple[Any, ...]] = []
    replaced: list[int] = []
    for verdict in verdicts:
        rate = verdict.rate
        rows = found.get((rate.currency, rate.day), [])
        if any(
            row["source"] == RateSource.ECB
            and row["per_euro"] == rate.per_euro
            and row["state"] in STILL_SAID
            for row in rows
        ):
            continue
        state = _state(verdict, rows)
        standing = [] if state == RateState.HELD else _giving_way(rows)
        replaced += standing
        recorded.new += 1
        recorded.held += state == RateState.HELD
        recorded.corrected += any(row["source"] == RateSource.ECB for row in rows)
        fresh.append(
            (
                rate.day,
                rate.currency,
                rate.per_euro,
                state.value,
                verdict.held,
                RateSource.ECB.value,
            )
        )
    ExchangeRate.objects.filter(pk__in=replaced).update(
        state=RateState.REPLACED, decided_at=Now(), decision="The bank published another figure."
    )
    write_rates(fresh)
    _announce([row for row in fresh if row[3] == RateState.HELD.value])
    return recorded


def _announce(held: list[tuple[Any, ...]]) -> None:
    """Once for all that one look at the bank found."""
    if not held:
        return
    day, currency = max((row[0], row[1]) for row in held)
    publish(
        type="rate.held",
        subject=f"rate:{currency}",
        dedupe_key=f"rate.held:{day}:{currency}:{len(held)}",
        data={
            "count": len(held),
            "rates": [
                {"day": row[0].isoformat(), "currency": row[1], "rate": f"{row[2]:f}",
                 "reason": row[4]}
                for row in sorted(held, reverse=True)[:MOST_TOLD]
            ],
        },
    )  # fmt: skip


def write_rates(fresh: list[tuple[Any, ...]]) -> None:
    """Day, currency, per euro, state, reason, source. By COPY: the whole history is a quarter of a
    million rows."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in fresh:
            copy.write_row(row)


def _known(days: Iterable[date]) -> dict[tuple[str, date], list[dict[str, Any]]]:
    found: dict[tuple[str, date], list[dict[str, Any]]] = {}
    rows = ExchangeRate.objects.filter(day__in=set(days)).values(
        "id", "day", "currency", "per_euro", "source", "state"
    )
    for row in rows:
        found.setdefault((row["currency"], row["day"]), []).append(dict(row))
    return found


def _state(verdict: Verdict, rows: list[dict[str, Any]]) -> RateState:
    if verdict.held:
        return RateState.HELD
    by_hand = any(
        row["source"] == RateSource.MANUAL and row["state"] == RateState.IN_FORCE for row in rows
    )
    return RateState.COVERED if by_hand else RateState.IN_FORCE


def _giving_way(rows: list[dict[str, Any]]) -> list[int]:
    """What stands where the new figure goes: the bank's former one, held ones, made-up ones."""
    return [
        row["id"]
        for row in rows
        if row["source"] != RateSource.MANUAL
        and row["state"] in (RateState.IN_FORCE, RateState.COVERED, RateState.HELD)
    ]
