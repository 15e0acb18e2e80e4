"""The bank played over real HTTP: what is missing is fetched, what is doubtful is held."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate, Order
from commerce.rates import client as bank
from commerce.rates.client import File
from commerce.rates.feed import FeedUnreadable
from commerce.schedule import RATES, RATES_HISTORY
from commerce.services.rates import refresh
from commerce.services.rates.lookup import rate_on
from commerce.services.rates.refresh import newest_day, refresh_rates
from commerce.tests.shop import make_order
from core.enums import RunState
from core.models import ScheduleRun
from core.outbound import CallFailed
from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 27)
PATH = "/stats/*"


@pytest.fixture
def ecb(
    running: RunningRehearsal, settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rehearsal]:
    """The bank on Friday evening, and our clock with it."""
    monkeypatch.setattr(bank, "SERVICE", f"ecb-{uuid4().hex}")
    bank._client.cache_clear()
    settings.ECB_RATES_BASE = running.client.ecb_base
    running.client.reset()
    at(running.client, monkeypatch, FRIDAY)
    yield running.client
    running.client.reset()
    bank._client.cache_clear()


def at(ecb: Rehearsal, monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    ecb.ecb_today(day)
    monkeypatch.setattr(
        refresh.timezone, "now", lambda: datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    )


def days() -> list[date]:
    return list(ExchangeRate.objects.order_by("day").values_list("day", flat=True).distinct())


@pytest.mark.slow
def test_an_empty_house_takes_the_whole_history_and_then_only_what_is_missing(
    ecb: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = refresh_rates()
    assert (done["file"], done["from"], done["to"]) == (File.ALL, "1999-01-04", "2026-11-27")
    assert done["new"] > 150_000
    assert (done["held"], done["left_out"]) == (0, 0)
    assert refresh_rates() == {"file": "", "filled_in": 0}
    at(ecb, monkeypatch, date(2026, 11, 30))
    assert refresh_rates()["file"] == File.DAY
    at(ecb, monkeypatch, date(2026, 12, 8))
    assert refresh_rates()["file"] == File.QUARTER
    assert newest_day() == date(2026, 12, 8)
    assert refresh_rates(file=File.ALL)["new"] == 0  # nothing in between was missed


def test_weekends_and_holidays_have_no_rows_and_take_the_day_before(
    ecb: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(ecb, monkeypatch, date(2026, 12, 28))
    refresh_rates(file=File.QUARTER)
    assert date(2026, 12, 25) not in days()
    assert date(2026, 12, 26) not in days()
    found = rate_on(currency="USD", day=date(2026, 12, 27))
    assert found is not None
    assert found.day == date(2026, 12, 24)
    assert f"{found.per_euro:.4f}" == ecb.ecb_rate(date(2026, 12, 24), "USD")


def test_orders_that_waited_are_filled_in(ecb: Rehearsal) -> None:
    order = make_order(currency="EUR", placed_at=datetime(2026, 11, 28, 9, tzinfo=UTC))
    assert refresh_rates(file=File.QUARTER)["filled_in"] == 1
    assert Order.objects.get(pk=order.pk).rate_date == FRIDAY


def test_a_rate_that_moves_too_far_is_held_and_the_last_one_goes_on(
    ecb: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_rates(file=File.QUARTER)
    monday = date(2026, 11, 30)
    ecb.ecb_says(monday, "USD", "11.647")
    at(ecb, monkeypatch, monday)
    assert refresh_rates()["held"] == 1
    found = rate_on(currency="USD", day=monday)
    assert found is not None
    assert found.day == FRIDAY
    held = ExchangeRate.objects.get(state=RateState.HELD)
    assert held.reason.startswith("Moved by +")
    assert refresh_rates(file=File.DAY)["new"] == 0  # asked about once


def test_a_corrected_history_is_taken_over(ecb: Rehearsal) -> None:
    refresh_rates(file=File.QUARTER)
    ecb.ecb_says(date(2026, 11, 20), "USD", "1.1555")
    assert refresh_rates(file=File.QUARTER)["corrected"] == 1
    found = rate_on(currency="USD", day=date(2026, 11, 20))
    assert found is not None
    assert f"{found.per_euro:.4f}" == "1.1555"


@pytest.mark.parametrize("figure", ["NaN", "-1", "0", "1e9"])
def test_a_figure_that_cannot_be_right_is_left_out_and_told(ecb: Rehearsal, figure: str) -> None:
    ecb.ecb_says(FRIDAY, "USD", figure)
    done = refresh_rates(file=File.DAY)
    assert done["left_out"] == 1
    assert "USD" in done["problems"][0]
    assert ExchangeRate.objects.filter(currency="GBP").exists()


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        ({"kind": "status", "status": 503}, CallFailed),
        ({"kind": "status", "status": 404}, CallFailed),
        ({"kind": "cut"}, (CallFailed, FeedUnreadable)),
        ({"kind": "lost_answer"}, CallFailed),
    ],
    ids=str,
)
def test_a_bank_that_does_not_answer_well_costs_nothing_but_the_run(
    ecb: Rehearsal, fault: dict[str, object], refusal: type[Exception]
) -> None:
    ecb.add_fault(face="ecb", path=PATH, **fault)  # type: ignore[arg-type]  # kind and more
    with pytest.raises(refusal):
        refresh_rates(file=File.DAY)
    assert not ExchangeRate.objects.exists()
    ecb.clear_faults()


def test_a_file_larger_than_the_cap_is_not_read_to_its_end(
    ecb: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "MOST_BYTES", 2_000)
    bank._client.cache_clear()
    with pytest.raises(CallFailed, match="more than 2000 bytes"):
        refresh_rates(file=File.QUARTER)


def test_the_command_says_what_it_did_and_its_run_stands_among_the_others(
    ecb: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    ExchangeRate.objects.create(
        day=date(2026, 11, 20), currency="USD", per_euro="1.16", source=RateSource.ECB
    )
    call_command("refresh_rates")
    said = " ".join(capsys.readouterr().out.split())
    assert "eurofxref-hist-90d.xml, 2026-08-31 to 2026-11-27" in said
    call_command("refresh_rates")
    assert "up to date" in capsys.readouterr().out
    assert [*ScheduleRun.objects.values_list("job", "state")] == [(RATES, "done")] * 2


def test_a_command_that_fails_says_so_and_keeps_its_run(ecb: Rehearsal) -> None:
    ecb.add_fault("status", face="ecb", path=PATH, status=500)
    with pytest.raises(CommandError, match="European Central Bank answered 500"):
        call_command("refresh_rates", "--history")
    run = ScheduleRun.objects.get()
    assert (run.job, run.state) == (RATES_HISTORY, RunState.FAILED)
    ecb.clear_faults()
