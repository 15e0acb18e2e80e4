"""What a job's page says happened, line by line."""

from datetime import UTC, datetime

from core.models import BulkJob

MOST_LINES = 100


def told(job: BulkJob, sentence: str) -> list[list[str]]:
    """The job's log with one more line; the oldest go when there are too many."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return [*job.log, [at, sentence]][-MOST_LINES:]
