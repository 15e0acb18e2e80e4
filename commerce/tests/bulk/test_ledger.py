"""A real shop's history through the general importer by its saved mapping: 30,000 lines, a worker
killed in the middle, and the sums of the file.

WHOLE_LEDGER=1 pytest commerce/tests/bulk/test_ledger.py   # minutes; else its beginning
"""

import os

import pytest
from django.db import connection, transaction

from commerce.models import Order, OrderLine
from commerce.tests.bulk.counted import counted_from_orders, counted_from_rows
from commerce.tests.bulk.ledger import ledger_job, sample
from commerce.tests.bulk.test_killed import killed_when, look
from core.bulk.jobs.work import work_off
from core.tests.bulk.rows import LONG, figures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LINES = 30_000 if os.environ.get("WHOLE_LEDGER") else 900


def test_the_ledger_comes_in_to_the_penny_though_its_worker_is_killed() -> None:
    rows = sample().splitlines()[: LINES + 1]
    job = ledger_job(b"\n".join(rows) + b"\n")
    killed_when(job, "write", LINES // 2)
    work_off(only=job.pk, budget=LONG)
    look(job)
    assert job.state == "done", job.error

    by_country, by_day, left_out = counted_from_rows(row.decode() for row in rows)
    assert figures(job) == (LINES - left_out, 0, 0, left_out)
    with transaction.atomic():
        assert counted_from_orders() == (by_country, by_day)
        assert OrderLine.objects.count() == LINES - left_out
        assert Order.objects.count() == Order.objects.values("external_id").distinct().count()
        with connection.cursor() as cursor:  # parts, made by the database, come to the same
            cursor.execute(
                "SELECT (SELECT sum(total_minor) FROM commerce_orderpart) "
                "     = (SELECT sum(total_minor - shipping_minor) FROM commerce_order)"
            )
            assert cursor.fetchone() == (True,)
