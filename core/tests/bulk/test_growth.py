"""Work on a file grows with its rows, however old the table's statistics are."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from core.bulk.jobs.imports import begin_check
from core.bulk.jobs.work import work_off
from core.database.owner import owner_login
from core.models import BulkJob, BulkRow
from core.tests.bulk.rows import LONG, as_csv, upload

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 2_000
HEAD = ["Email", "Name"]
# What is easily written, and pairs each with each where the planner takes a new job's rows for one.
QUADRATIC = """
UPDATE core_bulkrow r SET place = apart.first
FROM (SELECT key, min(place) AS first FROM core_bulkrow WHERE job_id = %s AND key <> ''
      GROUP BY key HAVING min(place) <> max(place)) apart
WHERE r.job_id = %s AND r.key = apart.key AND r.place <> apart.first
"""


def busiest(node: dict[str, Any]) -> float:
    """The most rows that any part of a plan gave or threw away, however often it was asked."""
    removed = [node.get(f"Rows Removed by {by}", 0) for by in ("Filter", "Join Filter")]
    own = (node["Actual Rows"] + sum(removed)) * node["Actual Loops"]
    return max([own, *(busiest(below) for below in node.get("Plans", []))])


def explained(sql: str, params: Any) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
    return busiest((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


@contextmanager
def counting() -> Iterator[dict[str, float]]:
    """Each statement on staged rows, carried out once more before, and its busiest part."""
    touched: dict[str, float] = {}

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "core_bulkrow" in sql and not sql.lstrip().startswith(("INSERT", "EXPLAIN")):
            with transaction.atomic():
                touched[sql] = max(touched.get(sql, 0), explained(sql, params))
                transaction.set_rollback(True)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield touched


def file_of(rows: int, *, apart: bool = False) -> BulkJob:
    """Customers, each once; or each twice, in either half of the file."""
    different = rows // 2 if apart else rows
    lines = [[f"c{n % different}@example.com", f"C {n}"] for n in range(rows)]
    job = upload("customers", as_csv([HEAD, *lines]))
    return begin_check(job_id=job.pk, columns=job.columns, options={})


@pytest.fixture(autouse=True)
def statistics_know_another_job() -> None:
    """Of rows that come later they know nothing, as on any day between two ANALYZE."""
    work_off(only=file_of(100).pk, budget=LONG)
    with owner_login(), connection.cursor() as cursor:
        cursor.execute("ANALYZE core_bulkrow")


@pytest.mark.parametrize("apart", [False, True], ids=["each once", "each twice, far apart"])
def test_no_statement_goes_over_the_rows_of_a_file_more_than_twice(apart: bool) -> None:
    job = file_of(ROWS, apart=apart)
    with counting() as touched:
        work_off(only=job.pk, budget=LONG)
    with transaction.atomic():
        job.refresh_from_db()
        groups = BulkRow.objects.filter(job=job).values("place").distinct().count()
    assert (job.state, job.done) == ("checked", ROWS)
    assert groups == (ROWS // 2 if apart else ROWS)
    assert any("SET place" in sql for sql in touched)  # what puts rows together was seen
    assert {sql: count for sql, count in touched.items() if count > 2.2 * ROWS} == {}


def test_the_count_sees_a_plan_that_pairs_each_with_each() -> None:
    job = file_of(ROWS // 4)
    work_off(only=job.pk, budget=LONG)
    with transaction.atomic():
        assert explained(QUADRATIC, [job.pk, job.pk]) > 20 * ROWS
