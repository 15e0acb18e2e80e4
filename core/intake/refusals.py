"""Refused signatures, counted where staff can see them: rarely written, whoever knocks how often.

A stranger may knock a thousand times a second and must not make the database work for it. Each
process counts in memory and writes at most once every WRITE_EVERY seconds: one row per day, sender
and reason, and there are few reasons. Nothing of what the stranger sent is kept.
"""

import os
import threading
import time
from collections import Counter

import structlog
from django.db import Error, connection, transaction

from core.identity import acting_as_system

logger = structlog.get_logger(__name__)

WRITE_EVERY = 30.0  # seconds
MOST_REASONS = 20  # per sender between two writes: verifiers have a handful of sentences
LONGEST_REASON = 120  # characters
OTHER = "another reason"

COUNT = """
INSERT INTO core_webhookrefusal AS known (day, source, reason, count)
SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date, told.source, told.reason, told.count
FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS told(source, reason, count)
ORDER BY 2, 3
ON CONFLICT (day, source, reason)
DO UPDATE SET count = known.count + excluded.count, last_at = clock_timestamp()
"""


class Tally:
    """Counts refusals of this process. `note` may be called from any thread and never waits."""

    _counted: dict[str, Counter[str]]
    _thread: threading.Thread | None

    def __init__(self, *, every: float = WRITE_EVERY) -> None:
        self._every = every
        self._writes = False
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def keep_writing(self) -> None:
        """From now on a thread writes what was counted; it starts with the first refusal."""
        self._writes = True

    def note(self, source: str, reason: str) -> None:
        """One more."""
        with self._mutex:
            reasons = self._counted.setdefault(source, Counter())
            known = reason in reasons or len(reasons) < MOST_REASONS
            reasons[reason[:LONGEST_REASON] if known else OTHER] += 1
            if self._writes and self._thread is None:
                self._thread = threading.Thread(target=self._write_on, name="tally", daemon=True)
                self._thread.start()
        self._wake.set()

    def write(self) -> None:
        """Add what was counted to today's rows. Raises django.db.Error; the count is kept then."""
        with self._mutex:
            counted, self._counted = self._counted, {}
        rows = [
            (source, reason, count)
            for source, reasons in counted.items()
            for reason, count in reasons.items()
        ]
        if not rows:
            return
        try:
            with (
                acting_as_system("refused webhooks"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(COUNT, [list(column) for column in zip(*rows, strict=True)])
        except Error:
            with self._mutex:
                for source, reasons in counted.items():
                    self._counted.setdefault(source, Counter()).update(reasons)
            raise

    def _write_on(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            time.sleep(self._every)
            try:
                self.write()
            except Error as error:
                logger.warning("refusals.not_written", error=str(error).strip())
                self._wake.set()
            except Exception:  # the thread must go on: nobody starts another one
                logger.exception("refusals.lost")
            finally:
                connection.close()

    def _reset(self) -> None:
        self._mutex = threading.Lock()
        self._wake = threading.Event()
        self._counted = {}
        self._thread = None


TALLY = Tally()
