"""Our rows of a run's window: begun in it, or begun before it and booked in it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from core.ids import earliest_id
from payments.house import as_house
from payments.models import LedgerTransaction, PaymentAttempt, ReconciliationRun, Refund
from payments.services.reconcile.statement import WHY

Row = TypeVar("Row", PaymentAttempt, Refund)

PAGE = 500
PAYMENTS = ("payment", "overpayment")  # booked under the attempt's id, see books/booking.py
REFUNDS = ("refund",)  # booked under the refund's


def pages_of(
    run: ReconciliationRun, rows: QuerySet[Row], kinds: Iterable[str]
) -> Iterator[list[Row]]:
    """Page after page without a transaction open while the gateway is asked.

    A page opened before the window and paid in it is money of the window: `kinds` are the
    bookings that tell. Compared with the lines by name, page by page: the planner knows nothing
    yet of a table that was filled a moment ago, and would join it in the worst way.
    """
    yield from _begun(run, rows)
    for early in _booked_but_begun_before(run, kinds):
        with as_house(WHY), transaction.atomic():
            page = list(rows.filter(pk__in=early).order_by("pk"))
        if page:
            yield page


def moment(run: ReconciliationRun, row: PaymentAttempt | Refund, kinds: Iterable[str]) -> datetime:
    """What puts the row into the window: a run closes only differences of its own window."""
    if run.since <= row.created_at < run.until:
        return row.created_at
    with as_house(WHY), transaction.atomic():
        booked = LedgerTransaction.objects.filter(kind__in=kinds, source=str(row.pk))
        return booked.values_list("created_at", flat=True).first() or row.created_at


def _begun(run: ReconciliationRun, rows: QuerySet[Row]) -> Iterator[list[Row]]:
    begun = rows.filter(pk__gte=earliest_id(run.since), pk__lt=earliest_id(run.until))
    last: UUID | None = None
    while True:
        with as_house(WHY), transaction.atomic():
            rest = begun if last is None else begun.filter(pk__gt=last)
            page = list(rest.order_by("pk")[:PAGE])
        if not page:
            return
        yield page
        last = page[-1].pk


def _booked_but_begun_before(run: ReconciliationRun, kinds: Iterable[str]) -> Iterator[list[UUID]]:
    """Keys by page of the books. Their keys count up with time: the window is a stretch of them."""
    window = LedgerTransaction.objects.filter(created_at__gte=run.since, created_at__lt=run.until)
    with as_house(WHY), transaction.atomic():
        ends = window.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    bound, after = earliest_id(run.since), ends["first"] - 1
    booked = window.filter(kind__in=kinds, pk__lte=ends["last"]).order_by("pk")
    while True:
        with as_house(WHY), transaction.atomic():
            page = list(booked.filter(pk__gt=after).values_list("pk", "source")[:PAGE])
        if not page:
            return
        yield [key for _, source in page if (key := UUID(source)) < bound]
        after = page[-1][0]
