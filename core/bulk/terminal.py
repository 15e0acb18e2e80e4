"""Bulk jobs in the terminal: worked off here and now, with a bar, and resumed when cut."""

import time
from pathlib import Path
from uuid import UUID

from django.db import transaction
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from core.bulk.jobs.claims import claim
from core.bulk.jobs.work import work
from core.enums import BulkState
from core.identity import acting_as_system
from core.models import BulkJob

SLICE = 2.0  # seconds of work between two looks
WAIT = 1.0


def bar(console: Console, *, quiet: bool) -> Progress:
    """Step, bar, so many of so many, rows a second, time left."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=quiet,
    )


def work_here(job_id: UUID, console: Console, *, quiet: bool = False) -> BulkJob:
    """Work one job off in this process until it ends or waits for its person.

    A worker that got hold of it first is watched instead. Interrupted, the job goes back to the
    queue, where a worker takes it up.
    """
    began = time.monotonic()
    with bar(console, quiet=quiet) as progress:
        task = progress.add_task("Begins", total=None, rate="")
        while True:
            taken = claim(job_id)
            if taken is not None:
                work(taken, until=time.monotonic() + SLICE)
            job = _look(job_id)
            rate = job.done / max(time.monotonic() - began, 0.1)
            progress.update(
                task, description=job.get_step_display(), completed=job.done,
                total=job.total or None, rate=f"{rate:,.0f}/s",
            )  # fmt: skip
            if job.state not in (BulkState.QUEUED, BulkState.RUNNING):
                return job
            if taken is None:
                time.sleep(WAIT)


def _look(job_id: UUID) -> BulkJob:
    with acting_as_system("bulk job"), transaction.atomic():
        return BulkJob.objects.get(pk=job_id)


def write_lines(path: Path, lines: object) -> None:
    """A downloadable result as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)  # type: ignore[arg-type]
