"""One batch: written together, or row by row when something in it is refused.

A check does all that writing does, up to the last constraint, and takes it back: what it says
would happen is what happens.
"""

import json
from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from core.bulk.columns import RowRefused
from core.bulk.files.layout import Layout
from core.bulk.jobs.batches import StagedRow, all_rows
from core.bulk.jobs.claims import Claim, write_down
from core.bulk.targets import Group, SourceRow, Verdict, by_name, target_called
from core.bulk.words import REFUSALS, in_words
from core.enums import BulkOutcome, BulkStep

LONGEST_REASON = 2_000

OUTCOMES = """
UPDATE core_bulkrow r SET outcome = v.outcome, reason = v.reason, changes = v.changes::jsonb
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS v(id, outcome, reason, changes)
WHERE r.id = v.id
"""
Told = tuple[int, BulkOutcome, str, str | None]  # row id, outcome, reason, changes as JSON


class Trial:
    """A target at work on a job, batch after batch."""

    def __init__(self, taken: Claim) -> None:
        job = taken.job
        self._taken = taken
        self.target = target_called(job.target)
        with transaction.atomic():  # the columns of the day: custom fields, currencies
            self._columns = by_name(self.target.columns())
        headings = Layout(**job.layout).headings
        self._names = {headings.index(heading): name for heading, name in job.columns.items()}
        self._keeps = job.step == BulkStep.WRITE
        with transaction.atomic():
            self._importer = self.target.importer(job.options, self._whole_file, f"import:{job.pk}")

    def carry_out(self, batch: Sequence[Sequence[StagedRow]]) -> None:
        """Write (or try) a batch and the place it ends at, in one transaction."""
        with transaction.atomic():
            _plan_anew()
            told = self._try_all(batch)
            _write_outcomes(told)
            self._count(batch, told)
        if self._keeps:
            self._importer.confirm()

    def _try_all(self, batch: Sequence[Sequence[StagedRow]]) -> list[Told]:
        told: list[Told] = []
        groups: list[tuple[Group, Sequence[StagedRow]]] = []
        for staged in batch:
            if not staged[0].key:
                told += [(row.id, BulkOutcome.REFUSED, row.reason, None) for row in staged]
                continue
            group, refusals = self._read(staged)
            if group is None:
                told += _refused(staged, refusals)
            else:
                groups.append((group, staged))
        for (_, staged), verdict in zip(groups, self._verdicts([g for g, _ in groups]),
                                        strict=True):  # fmt: skip
            told += _spread(staged, verdict)
        return told

    def _read(self, staged: Sequence[StagedRow]) -> tuple[Group | None, dict[int, str]]:
        """The group, or why which of its rows cannot be meant."""
        rows, refusals = [], {}
        for row in staged:
            cells = self._named(row)
            try:
                values = self.target.read(self._columns, cells, self._taken.job.options)
            except RowRefused as refusal:
                refusals[row.number] = str(refusal)
            else:
                rows.append(SourceRow(row.number, cells, values))
        return (None if refusals else Group(staged[0].key, rows)), refusals

    def _verdicts(self, groups: list[Group]) -> list[Verdict]:
        """All at once; one by one when the batch as a whole met a refusal."""
        if not groups:
            return []
        try:
            return self._attempt(groups)
        except REFUSALS as refusal:
            if len(groups) == 1:
                return [Verdict(BulkOutcome.REFUSED, in_words(refusal))]
        verdicts = []
        for group in groups:
            try:
                verdicts += self._attempt([group])
            except REFUSALS as refusal:
                verdicts.append(Verdict(BulkOutcome.REFUSED, in_words(refusal)))
        return verdicts

    def _attempt(self, groups: list[Group]) -> list[Verdict]:
        try:
            with transaction.atomic():
                verdicts = self._importer.carry_out(groups)
                connection.check_constraints()  # while it is known whose rows they speak of
                if not self._keeps:
                    transaction.set_rollback(True)
        except Exception:
            self._importer.undone()
            raise
        if not self._keeps:
            self._importer.undone()
        return verdicts

    def _count(self, batch: Sequence[Sequence[StagedRow]], told: list[Told]) -> None:
        job = self._taken.job
        sums = {
            name: getattr(job, name) + sum(outcome == name for _, outcome, _, _ in told)
            for name in ("new", "changed", "unchanged", "refused")
        }
        write_down(
            self._taken, place=batch[-1][0].place, done=job.done + len(told), lost_leases=0, **sums
        )

    def _named(self, row: StagedRow) -> dict[str, str]:
        return {
            name: row.cells[index] if index < len(row.cells) else ""
            for index, name in self._names.items()
        }

    def _whole_file(self) -> Iterator[SourceRow]:
        """Every row that can be meant, for importers that must know the file before they begin."""
        for row in all_rows(self._taken.job):
            if row.key:
                cells = self._named(row)
                try:
                    values = self.target.read(self._columns, cells, self._taken.job.options)
                except RowRefused:
                    continue
                yield SourceRow(row.number, cells, values)


def _refused(staged: Sequence[StagedRow], refusals: dict[int, str]) -> list[Told]:
    """Those that are wrong say why; their fellows say on whose account."""
    first = min(refusals)
    return [
        (row.id, BulkOutcome.REFUSED,
         refusals.get(row.number) or f"Goes with line {first}, which is refused.", None)
        for row in staged
    ]  # fmt: skip


def _spread(staged: Sequence[StagedRow], verdict: Verdict) -> list[Told]:
    """A group's verdict over its rows; the changes stand at the first of them."""
    told: list[Told] = []
    changes = json.dumps(verdict.changes, ensure_ascii=False) if verdict.changes else None
    for row in staged:
        outcome, reason = verdict.rows.get(row.number, (verdict.outcome, verdict.reason))
        told.append((row.id, outcome, reason[:LONGEST_REASON], changes))
        if row.number not in verdict.rows:
            changes = None
    return told


def _plan_anew() -> None:
    """The plans of foreign keys and triggers are made once a session: the first batch finds its
    tables empty, and reading them as a whole is best. Batches later that has become the worst."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _write_outcomes(told: list[Told]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            OUTCOMES,
            [[row for row, _, _, _ in told], [str(outcome) for _, outcome, _, _ in told],
             [reason for _, _, reason, _ in told], [changes for _, _, _, changes in told]],
        )  # fmt: skip
