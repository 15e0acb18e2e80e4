"""Probes of the ground floor: the store of record, the doorbell, the hands and the clock."""

from celery import current_app
from django.db import connection, transaction

from core.events.pulse import seconds_since_pulse
from core.health.probes import Reading, Status, probe
from core.redis import client

LATE_TICK = 30.0  # seconds


@probe("database", required=True)
def database() -> None:
    """A query that reads a table, so that a database without tables is not called ready."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_subscription")
        cursor.fetchone()


@probe("cache")
def cache() -> Reading | None:
    """Without Redis work goes on, a little later."""
    client().ping()
    return None


@probe("worker")
def worker() -> Reading | None:
    """At least one Celery worker answers."""
    answers = current_app.control.inspect(timeout=1.0).ping() or {}
    return None if answers else Reading(Status.DOWN, detail="no worker answers")


@probe("beat")
def beat() -> Reading | None:
    """The clock ticked a moment ago (a tick needs a beat and a worker)."""
    age = seconds_since_pulse()
    if age is None or age > LATE_TICK:
        return Reading(Status.DOWN, detail="no tick for half a minute")
    return None
