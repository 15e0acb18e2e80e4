"""A worker that is killed at any moment costs nothing: another goes on, the sums are the same."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from commerce.models import Order
from commerce.tests.bulk.ledger import ledger_job, sample, what_is_there
from core.bulk.jobs.work import work_off
from core.models import BulkJob
from core.tests.bulk.rows import LONG, figures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LINES = 3_000
# A worker as Celery's child is one: claims what waits, works it off. Small batches, many commits.
WORKER = """
import django; django.setup()
from commerce.bulk.orders.target import Orders
from core.bulk.jobs import staging
from core.bulk.jobs.work import work_off
Orders.batch, staging.BATCH = 60, 200
print("up", flush=True)
work_off(budget=600)
"""


def part_of_the_sample() -> bytes:
    return b"\n".join(sample().splitlines()[: LINES + 1]) + b"\n"


def start_worker() -> subprocess.Popen[bytes]:
    """A process of its own on the test's database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"up\n"
    return worker


@pytest.fixture
def undisturbed() -> tuple[tuple[object, ...], tuple[int, ...]]:
    """What the file comes to when nobody is killed."""
    with transaction.atomic():
        job = ledger_job(part_of_the_sample())
        work_off(only=job.pk, budget=LONG)
        seen = found(job)
        transaction.set_rollback(True)
    assert not orders()
    return seen


def look(job: BulkJob) -> BulkJob:
    with transaction.atomic():
        job.refresh_from_db()
    return job


def orders() -> int:
    with transaction.atomic():
        return Order.objects.count()


def found(job: BulkJob) -> tuple[tuple[object, ...], tuple[int, ...]]:
    with transaction.atomic():
        job.refresh_from_db()
        assert job.state == "done", job.error
        assert not job.rows.filter(outcome="waiting").exists()
        return what_is_there(), figures(job)


def killed_when(job: BulkJob, step: str, done: int) -> None:
    """Start a worker and kill it the moment it has come so far."""
    worker = start_worker()
    try:
        until = time.monotonic() + 300
        while time.monotonic() < until:
            look(job)
            if job.step == step and job.done >= done:
                break
            assert worker.poll() is None, worker.stdout.read() if worker.stdout else ""
            time.sleep(0.02)
        assert (job.step, job.done >= done) == (step, True)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        if worker.stdout:
            worker.stdout.close()
    look(job)
    assert job.state == "running"  # nobody told anybody
    # the lease runs out: as if LEASE_SECONDS had passed
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_bulkjob SET lease_until = clock_timestamp() - interval '1 s'")


def test_sums_after_kills_are_those_of_an_undisturbed_run(
    undisturbed: tuple[tuple[object, ...], tuple[int, ...]],
) -> None:
    job = ledger_job(part_of_the_sample())
    killed_when(job, "read", 400)
    killed_when(job, "write", 200)
    written = orders()
    assert written > 0
    killed_when(job, "write", 1500)
    assert orders() > written
    work_off(only=job.pk, budget=LONG)
    assert found(job) == undisturbed


def test_a_file_that_kills_its_workers_is_given_up_and_says_where() -> None:
    job = ledger_job(part_of_the_sample())
    with transaction.atomic():
        BulkJob.objects.filter(pk=job.pk).update(state="running", lost_leases=2, place=77)
    work_off(only=job.pk, budget=LONG)
    look(job)
    assert job.state == "failed"
    assert "died 3 times after row 77" in job.error
