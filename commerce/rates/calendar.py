"""When the bank publishes: on working days about 16:00 in Frankfurt, whatever the season.

Its own holidays are not listed here: on one, the files are looked at in vain every hour.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commerce.rates.client import File

FRANKFURT = ZoneInfo("Europe/Berlin")
OUT_BY = time(16, 15)
FRIDAY = 4
QUARTER = timedelta(days=85)  # of the 90 the middle file goes back


def last_publication(now: datetime) -> date:
    """The newest day whose rates should be out."""
    there = now.astimezone(FRANKFURT)
    day = there.date() if there.time() >= OUT_BY else there.date() - timedelta(days=1)
    return working_day_by(day)


def working_day_by(day: date) -> date:
    """The day itself, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def file_for(newest: date | None, due: date) -> File | None:
    """The smallest file that closes the gap since `newest`; None when there is no gap."""
    if newest is None or due - newest > QUARTER:
        return File.ALL
    if newest >= due:
        return None
    if newest >= working_day_by(due - timedelta(days=1)):
        return File.DAY
    return File.QUARTER
