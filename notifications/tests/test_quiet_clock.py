"""Quiet hours on every clock of the world, over every change of it. No database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.choices.quiet import Quiet, instant

ZONES = sorted(available_timezones())
wall_clocks = st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1))  # noqa: DTZ001 - no zone
moments = wall_clocks.map(lambda naive: naive.replace(tzinfo=UTC))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def changes_of_the_clock(begin: datetime, end: datetime, zone: str) -> bool:
    return wall(end, zone) - wall(begin, zone) != end - begin


@given(at=moments, starts=clocks, ends=clocks, zone=st.sampled_from(ZONES))
@example(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), time(22), time(2, 30), "Europe/Berlin")
@example(datetime(2026, 10, 25, 0, 15, tzinfo=UTC), time(22), time(2, 30), "Europe/Berlin")
@example(datetime(2026, 10, 25, 1, 15, tzinfo=UTC), time(22), time(2, 30), "Europe/Berlin")
@example(datetime(2011, 12, 30, 9, 30, tzinfo=UTC), time(22), time(8), "Pacific/Apia")
@example(datetime(2026, 10, 3, 15, 0, tzinfo=UTC), time(1), time(2, 15), "Australia/Lord_Howe")
@example(datetime(2026, 2, 14, 1, 0, tzinfo=UTC), time(23), time(4), "Africa/Casablanca")
def test_a_message_waits_exactly_while_the_wall_clock_shows_quiet_hours(
    at: datetime, starts: time, ends: time, zone: str
) -> None:
    if starts == ends:
        return
    quiet = Quiet(starts, ends, zone)
    until = quiet.until(at)
    if until is None:
        assert not quiet.holds(at)
        return
    assert quiet.holds(at)
    assert until > at
    assert not quiet.holds(until), "the first moment after it is free again"
    # never longer than the hours are, but for the clock being set back once
    assert until - at <= timedelta(hours=26)
    if not changes_of_the_clock(at, until, zone):
        assert wall(until, zone).time() == ends
        step = (until - at) / 7
        assert all(quiet.holds(at + step * n) for n in range(7))
        assert quiet.holds(until - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("day", "at", "until"),
    [
        # spring in Berlin: 02:30 does not exist, 03:00 follows on 01:59:59
        ((2026, 3, 29), "00:30", "2026-03-29T01:00:00+00:00"),
        # autumn: 02:30 comes twice; from before, the first one counts, in between, the second
        ((2026, 10, 24), "20:30", "2026-10-25T00:30:00+00:00"),
        ((2026, 10, 25), "01:10", "2026-10-25T01:30:00+00:00"),
        # an ordinary night
        ((2026, 6, 1), "20:30", "2026-06-02T00:30:00+00:00"),
    ],
)
def test_nights_with_a_change_of_the_clock(day: tuple[int, int, int], at: str, until: str) -> None:
    moment = datetime.combine(date(*day), time.fromisoformat(at), UTC)
    assert Quiet(time(22), time(2, 30), "Europe/Berlin").until(moment) == datetime.fromisoformat(
        until
    )


@given(naive=wall_clocks, zone=st.sampled_from(ZONES))
def test_an_instant_shows_the_wall_clocks_time_or_the_first_after_a_gap(
    naive: datetime, zone: str
) -> None:
    naive = naive.replace(microsecond=0)
    found = instant(naive, ZoneInfo(zone))
    shown = wall(found, zone)
    if shown != naive:  # the clock was set forward over it: the last moment before shows less
        assert wall(found - timedelta(seconds=1), zone) < naive < shown
