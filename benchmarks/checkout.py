"""Checkouts a second, by two processes as the web has; beside the same rows inserted bare.

The baseline is told by the run itself: which rows a purchase left in which tables is counted, and
one statement a row, in one transaction a purchase, puts so many copies of such rows into bare
copies of those tables (no keys but the primary one, no triggers, no policies).
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from benchmarks import shelf
from benchmarks.ground import ROOT, asking
from benchmarks.table import Result
from commerce.models import StockItem, Variant
from commerce.services import carts
from core.database.owner import owner_login

PROCESSES = 2
PURCHASES = 72  # of a process, a round
WARM = 12  # of them, not counted
ROUNDS = 2
LINES = 2
KINDS = {"open": "checkouts", "paid": "checkouts paid, with the ledger"}
GOODS = 400  # variants, so that buyers rarely meet at one


def run() -> list[Result]:
    """In turns; the first round warms up."""
    shelf.fill(10_000)
    with asking():
        variants = list(Variant.objects.order_by("pk").values_list("pk", flat=True)[:GOODS])
        StockItem.objects.filter(variant_id__in=variants).update(on_hand=1_000_000)
    rates: dict[str, list[float]] = {}
    for measured in range(ROUNDS + 1):
        for name in KINDS:
            before = _counts()
            rate, processor = _round(variants, name)
            wrote = {table: (n - before.get(table, 0)) / (PROCESSES * PURCHASES)
                     for table, n in _counts().items()}  # fmt: skip
            bare = _bare({table: round(n) for table, n in wrote.items() if round(n)})
            if measured:
                rates.setdefault(name, []).append(rate)
                rates.setdefault(f"{name} bare", []).append(bare)
                rates.setdefault(f"{name} processor", []).append(processor)
    middle = {name: sorted(found)[len(found) // 2] for name, found in rates.items()}
    found = []
    for name, what in KINDS.items():
        cost = middle[f"{name} processor"]
        found += [
            Result(f"{what}, as two idle cores do", 2000 / cost, 50.0,
                   f"promised; {middle[name]:.0f} by the clock", "1/s", at_least=1.0),
            Result(what, middle[name], middle[f"{name} bare"], "its rows inserted bare", "1/s"),
        ]  # fmt: skip
    return found


def _round(variants: list[Any], kind: str) -> tuple[float, float]:
    """Purchases a second by the clock, and milliseconds of processor each, database included."""
    told = []
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in range(PROCESSES):
            paths.append(Path(folder, str(number)))
            carts_of = [_cart(variants, number * PURCHASES + n) for n in range(PURCHASES)]
            paths[-1].write_text("\n".join(carts_of))
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.with_django", "benchmarks.buyer",
                 kind, str(WARM), str(path)],
                cwd=ROOT, stdout=subprocess.PIPE, text=True,
            )
            for path in paths
        ]  # fmt: skip
        for process in processes:
            printed, _ = process.communicate()
            if process.returncode:
                raise RuntimeError("A buyer failed.")
            told.append(json.loads(printed.splitlines()[-1]))
    counted = PURCHASES - WARM
    processor = sum(one["processor"] for one in told) / (PROCESSES * counted)
    return sum(counted / one["took"] for one in told), processor


def _cart(variants: list[Any], number: int) -> str:
    with asking():
        _, token = carts.open_cart(currency="EUR")
        for line in range(LINES):
            carts.add_item(token=token, variant_id=variants[(number * LINES + line) % GOODS])
    return token


def _counts() -> dict[str, int]:
    """Rows ever inserted, by table."""
    with owner_login(), connection.cursor() as cursor:
        time.sleep(1.2)  # until sessions have told the statistics
        cursor.execute("SELECT relname, n_tup_ins FROM pg_stat_user_tables")
        return dict(cursor.fetchall())


def _bare(wrote: dict[str, int]) -> float:
    """Transactions a second of the same rows, by one session and one statement a row."""
    with owner_login(), connection.cursor() as cursor:
        samples = []
        for number, (table, rows) in enumerate(sorted(wrote.items())):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY ctid DESC LIMIT 1')
            found = cursor.fetchone()
            if found is None:
                continue
            bare = f"bench_bare_{number}"
            cursor.execute(f'CREATE TEMP TABLE IF NOT EXISTS {bare} (LIKE "{table}")')
            samples.append((f"INSERT INTO {bare} SELECT (%s::{bare}).*", found[0], rows))
        began = time.perf_counter()
        for _ in range(PURCHASES):
            with transaction.atomic():
                for statement, row, rows in samples:
                    for _ in range(rows):
                        cursor.execute(statement, [row])
        return PURCHASES / (time.perf_counter() - began)
