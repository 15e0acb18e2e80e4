"""A job in the terminal: worked off in one go, and handed back when its person interrupts it."""

import time
from itertools import count
from types import SimpleNamespace

import pytest
from rich.console import Console

from core.bulk.jobs import work
from core.bulk.jobs.imports import begin_check
from core.bulk.terminal import work_here
from core.models import BulkJob
from core.tests.bulk.rows import as_csv, figures, upload
from crm.bulk.customers import Customers

pytestmark = pytest.mark.django_db

ROWS = [["Email", "Name"], *[[f"c{n}@example.com", f"C {n}"] for n in range(60)]]


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> BulkJob:
    monkeypatch.setattr(Customers, "batch", 10)
    job = upload("customers", as_csv(ROWS))
    return begin_check(job_id=job.pk, columns=job.columns, options={}, go_on=True)


def test_what_a_target_learns_of_the_whole_file_it_learns_once(
    job: BulkJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []

    class Counted(work.Trial):
        def __init__(self, *args: object) -> None:
            begun.append(self)
            super().__init__(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "Trial", Counted)
    minutes = count()  # one passes between any two looks at the clock
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + 60 * next(minutes))
    monkeypatch.setattr(work, "time", clock)
    done = work_here(job.pk, Console(quiet=True), quiet=True)
    assert (done.state, figures(done)) == ("done", (60, 0, 0, 0))
    assert len(begun) == 1


def test_interrupted_it_goes_back_to_the_queue_where_it_stands(
    job: BulkJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out, batches = work.Trial.carry_out, iter(range(10))

    def twice(trial: work.Trial, batch: object) -> None:
        if next(batches) == 2:
            raise KeyboardInterrupt
        carry_out(trial, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(work.Trial, "carry_out", twice)
    with pytest.raises(KeyboardInterrupt):
        work_here(job.pk, Console(quiet=True), quiet=True)
    job.refresh_from_db()
    assert (job.state, job.done, job.lost_leases) == ("queued", 20, 0)
    monkeypatch.undo()
    done = work_here(job.pk, Console(quiet=True), quiet=True)
    assert (done.state, figures(done)) == ("done", (60, 0, 0, 0))
