"""The bank's rates brought up to date, and with them the orders that waited for one."""

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from itertools import groupby
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate
from commerce.rates.calendar import file_for, last_publication
from commerce.rates.client import File, fetch
from commerce.rates.feed import read_feed
from commerce.rates.judge import Verdict, judge
from commerce.services.rates.fill_in import fill_in_orders
from commerce.services.rates.record import (
    Recorded,
    accepted_between,
    last_before,
    record_published,
)
from core.identity import acting_as_system

logger = structlog.get_logger(__name__)

PART = 10_000  # figures a transaction

Progress = Callable[[str, int, int], None]  # what is being done, how much of it, of how many
_watcher: ContextVar[Progress | None] = ContextVar("rates_watcher", default=None)


@contextmanager
def watched(by: Progress) -> Any:
    """Inside the block every refresh tells `by` how far it is."""
    token = _watcher.set(by)
    try:
        yield
    finally:
        _watcher.reset(token)


def refresh_rates(*, file: File | None = None) -> dict[str, Any]:
    """Fetch what is missing (or `file`), write it down, fill in the orders that waited.

    Without `file`: the day's, the quarter's or the whole history, whichever closes the gap; none
    when there is no gap. Repeating it changes nothing. Raises CallFailed, FeedUnreadable.
    """
    wanted = file or file_for(newest_day(), last_publication(timezone.now()))
    if wanted is None:
        return {"file": "", "filled_in": _fill_in()}
    _tell(f"Fetching {wanted}", 0, 0)
    feed = read_feed(fetch(wanted), today=timezone.now().date())
    first, last = feed.days[0], feed.days[-1]
    with acting_as_system("rates"), transaction.atomic():
        before, accepted = last_before(first), accepted_between(first, last)
    verdicts = sorted(
        judge(
            feed.rates,
            before=before,
            accepted=accepted,
            limit_percent=settings.RATE_JUMP_PERCENT,
        ),
        key=_day,
    )
    recorded = _record(verdicts)
    if recorded.held or feed.left_out:
        logger.warning("rates.questionable", held=recorded.held, left_out=feed.left_out)
    return {
        "file": str(wanted),
        "from": str(first),
        "to": str(last),
        "new": recorded.new,
        "corrected": recorded.corrected,
        "held": recorded.held,
        "left_out": feed.left_out,
        "problems": feed.problems,
        "filled_in": _fill_in(),
    }


def newest_day() -> date | None:
    """The newest day the bank is known to have spoken of."""
    with acting_as_system("rates"), transaction.atomic():
        rows = ExchangeRate.objects.filter(source=RateSource.ECB).exclude(state=RateState.REFUSED)
        return rows.order_by("-day").values_list("day", flat=True).first()


def _record(verdicts: list[Verdict]) -> Recorded:
    """Whole days, some a transaction: what is committed is known the next time."""
    recorded = Recorded()
    done = 0
    part: list[Verdict] = []
    for _, of_day in groupby(verdicts, key=_day):
        part += of_day
        if len(part) >= PART:
            recorded += _record_part(part)
            done += len(part)
            part = []
            _tell("Writing rates", done, len(verdicts))
    if part:
        recorded += _record_part(part)
        _tell("Writing rates", len(verdicts), len(verdicts))
    return recorded


def _record_part(part: list[Verdict]) -> Recorded:
    with acting_as_system("rates"), transaction.atomic():
        return record_published(verdicts=part)


def _fill_in() -> int:
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        _tell("Orders filled in", done, 0)

    return fill_in_orders(progress=tell)


def _tell(what: str, done: int, total: int) -> None:
    watcher = _watcher.get()
    if watcher is not None:
        watcher(what, done, total)


def _day(verdict: Verdict) -> date:
    return verdict.rate.day
