"""A file of 10,000 products through the importer, against save() row by row; and its memory."""

import csv
import io
import resource
import time
from collections.abc import Iterator
from uuid import uuid4

from django.db import transaction

from benchmarks.ground import asking
from benchmarks.table import Result
from commerce.enums import VendorStatus
from commerce.models import Price, Product, StockItem, Variant, Vendor
from commerce.services.stock.shelves import default_location_id
from core.bulk.jobs.exports import open_export
from core.bulk.jobs.imports import begin_check, open_import
from core.bulk.jobs.work import work_off
from core.identity import acting_as_system
from core.models import BulkJob

ROWS = 10_000
FEW = 2_000
SAVED = 500
HEAD = ["Slug", "Name", "SKU", "Options", "Price EUR", "Price USD", "Stock", "Weight", "Status"]


def run() -> list[Result]:
    """A small file first, so that what the large one needs beyond it can be told."""
    with acting_as_system("benchmark"):
        with asking():
            vendor, _ = Vendor.objects.get_or_create(
                slug="bench", defaults={"name": "Bench", "status": VendorStatus.ACTIVE}
            )
        saved = _saved_one_by_one(vendor)
        _bring_in(FEW)
        few = _peak()
        rate = _bring_in(ROWS)
        many = _peak()
        out = _take_out()
    return [
        Result(f"{ROWS:,} products imported", rate, saved, "save() a row", "rows/s",
               at_least=1.2),
        Result("products exported (CSV)", out, saved, "save() a row", "rows/s"),
        Result(f"peak memory of {ROWS:,} rows", many, few, f"{FEW:,} rows", "MB", at_most=1.25),
    ]  # fmt: skip


def _saved_one_by_one(vendor: Vendor) -> float:
    """What a loop without any check would do: four saves and a commit a row."""
    with asking():
        place = default_location_id()
    began = time.perf_counter()
    for _ in range(SAVED):
        with transaction.atomic():
            name = uuid4().hex
            product = Product(vendor=vendor, name=name, slug=name)
            product.save()
            variant = Variant(product=product, vendor=vendor, sku=name)
            variant.save()
            Price(variant=variant, currency="EUR", amount_minor=750).save()
            Price(variant=variant, currency="USD", amount_minor=800).save()
            StockItem(variant=variant, location_id=place, on_hand=5).save()
    return SAVED / (time.perf_counter() - began)


def _bring_in(rows: int) -> float:
    job = open_import(target="products", content=_file(rows), file_name="bench.csv")
    began = time.perf_counter()
    begin_check(job_id=job.pk, columns=job.columns, options={"vendor": "bench"}, go_on=True)
    work_off(only=job.pk, budget=3600)
    took = time.perf_counter() - began
    with asking():
        job = BulkJob.objects.get(pk=job.pk)
    if (job.state, job.new) != ("done", rows):
        raise RuntimeError(f"{job.state} {job.new} {job.refused} {job.error}")
    return rows / took


def _take_out() -> float:
    began = time.perf_counter()
    job = open_export(target="products")
    work_off(only=job.pk, budget=3600)
    with asking():
        job = BulkJob.objects.get(pk=job.pk)
    return job.done / (time.perf_counter() - began)


def _file(rows: int) -> io.BytesIO:
    out = io.BytesIO()
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows(_lines(rows))
    text.flush()
    text.detach()
    return out


def _lines(rows: int) -> Iterator[list[str]]:
    run = uuid4().hex[:8]
    for n in range(rows):
        yield [f"{run}-{n}", f"Product {n}", f"{run}-{n}", "Size=M", "7.50", "8.00", "5", "120",
               "active"]  # fmt: skip


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
