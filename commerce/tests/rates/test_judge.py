"""Which figures are used at once and which a person looks at first."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from commerce.rates.calendar import file_for, last_publication
from commerce.rates.client import File
from commerce.rates.feed import Published
from commerce.rates.judge import Verdict, judge

MONDAY = date(2026, 11, 23)


def published(*figures: str, currency: str = "USD", first: date = MONDAY) -> list[Published]:
    return [
        Published(first + timedelta(days=place), currency, Decimal(figure))
        for place, figure in enumerate(figures)
    ]


def verdicts(rates: list[Published], before: str = "1.00", **more: object) -> list[Verdict]:
    last = {"USD": (MONDAY - timedelta(days=3), Decimal(before))} if before else {}
    options = {"before": last, "accepted": set(), "limit_percent": 10} | more
    return list(judge(rates, **options))  # type: ignore[arg-type]  # as above


def held(found: list[Verdict]) -> list[str]:
    return [f"{verdict.rate.per_euro}" for verdict in found if verdict.held]


def test_a_move_within_the_limit_is_used() -> None:
    assert held(verdicts(published("1.09", "1.19", "1.10"))) == []
    assert held(verdicts(published("1.10"))) == []  # exactly the limit


def test_a_move_beyond_the_limit_is_held_with_its_reason() -> None:
    (found,) = verdicts(published("1.11"))
    assert found.held == "Moved by +11.0 % since 2026-11-20, when one euro was 1."
    assert held(verdicts(published("0.89"))) == ["0.89"]


def test_a_slip_between_two_good_days_is_held_alone() -> None:
    assert held(verdicts(published("1.01", "10.2", "1.02"))) == ["10.2"]


def test_a_move_that_the_next_publication_confirms_is_real() -> None:
    assert held(verdicts(published("1.01", "1.20", "1.21", "1.19"))) == []


def test_the_newest_figure_has_nobody_to_confirm_it() -> None:
    assert held(verdicts(published("1.01", "1.20"))) == ["1.20"]


def test_what_was_let_into_force_before_is_believed_again() -> None:
    known = {("USD", MONDAY, Decimal("1.50"))}
    assert held(verdicts(published("1.50"), accepted=known)) == []


def test_a_new_currency_and_one_that_was_silent_for_a_month_have_nothing_to_compare_with() -> None:
    assert held(verdicts(published("9.99"), before="")) == []
    assert held(verdicts(published("9.99", first=MONDAY + timedelta(days=60)))) == []


def test_each_currency_is_judged_by_itself() -> None:
    mixed = published("1.01") + published("162", "163", currency="JPY")
    assert held(verdicts(mixed)) == []


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-27 16:20", date(2026, 11, 27)),  # Friday, out
        ("2026-11-27 15:59", date(2026, 11, 26)),  # not yet
        ("2026-11-28 23:00", date(2026, 11, 27)),  # Saturday
        ("2026-11-30 09:00", date(2026, 11, 27)),  # Monday morning
        ("2026-07-15 16:20", date(2026, 7, 15)),  # the same hour in summer
    ],
)
def test_the_bank_publishes_on_working_days_at_four_in_frankfurt(now: str, day: date) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert last_publication(moment) == day


@pytest.mark.parametrize(
    ("newest", "file"),
    [
        (None, File.ALL),
        (date(2026, 11, 27), None),
        (date(2026, 11, 26), File.DAY),
        (date(2026, 11, 25), File.QUARTER),
        (date(2026, 9, 10), File.QUARTER),
        (date(2026, 8, 1), File.ALL),
    ],
)
def test_the_smallest_file_that_closes_the_gap_is_fetched(
    newest: date | None, file: object
) -> None:
    assert file_for(newest, date(2026, 11, 27)) == file
    assert file_for(date(2026, 11, 27), date(2026, 11, 30)) == File.DAY  # over a weekend
