"""Bulk jobs in the terminal: worked off here and now, with a bar, and resumed when cut."""

import math
import time
from collections.abc import Iterable
from contextlib import suppress
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

from core.bulk.jobs.claims import Stopped, claim
from core.bulk.jobs.work import hand_back, work
from core.enums import BulkState
from core.identity import acting_as_system
from core.models import BulkJob

WAIT = 1.0  # seconds between two looks at what another worker does


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

    In one go, however long: what a target learns of the whole file it learns once. A worker that
    got hold of it first is watched instead. Interrupted, the job goes back to the
    queue, where a worker takes it up.
    """
    began = time.monotonic()
    with bar(console, quiet=quiet) as progress:
        task = progress.add_task("Begins", total=None, rate="")

        def show(job: BulkJob) -> None:
            rate = job.done / max(time.monotonic() - began, 0.1)
            progress.update(
                task, description=job.get_step_display(), completed=job.done,
                total=job.total or None, rate=f"{rate:,.0f}/s",
            )  # fmt: skip

        while True:
            taken = claim(job_id)
            if taken is not None:
                try:
                    work(taken, until=math.inf, watch=show)
                except KeyboardInterrupt:
                    with acting_as_system("bulk job"), suppress(Stopped):
                        hand_back(taken)
                    raise
            job = _look(job_id)
            show(job)
            if job.state not in (BulkState.QUEUED, BulkState.RUNNING):
                return job
            if taken is None:
                time.sleep(WAIT)


def _look(job_id: UUID) -> BulkJob:
    with acting_as_system("bulk job"), transaction.atomic():
        return BulkJob.objects.get(pk=job_id)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A downloadable result as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
