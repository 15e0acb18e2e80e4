"""Writing a file's history: in batches, each a whole; killed at any moment it goes on from there.

A batch commits together with the checkpoint that counts it. Orders are known by (platform, their
number there), so a file that is read again, whole or from any place, adds nothing twice.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from commerce.enums import ImportState, VendorStatus
from commerce.imports.catalogue import Shelf
from commerce.imports.records import Format, History, OldOrder
from commerce.imports.writer import write_orders
from commerce.models import ImportRun, Vendor
from core.identity import acting_as_system

BATCH = 500


@dataclass(slots=True)
class Result:
    """What an import did."""

    run: ImportRun
    orders_new: int = 0
    orders_known: int = 0
    began_at: int = 0
    history: History = field(default_factory=lambda: History(0, [], {}, []))


@contextmanager
def history_coming_in(reason: str) -> Iterator[None]:
    """One transaction in which orders are old ones: announced as such, nobody is mailed."""
    with acting_as_system(reason), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.history', 'on', true)")
        yield


def run_import(
    *,
    path: Path,
    fmt: Format,
    batch: int = BATCH,
    from_start: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Bring a file in, going on where an earlier run of the same file stopped.

    `from_start` looks at every order again. `progress(done, total)` counts orders. Raises
    UnreadableFile before anything is written.
    """
    history = fmt.read(path)
    run, vendor = _begin(path, fmt, len(history.orders))
    result = Result(run, began_at=0 if from_start else run.done, history=history)
    shelf = Shelf(vendor, history.products)
    progress(result.began_at, run.total)
    for start in range(result.began_at, len(history.orders), batch):
        some = history.orders[start : start + batch]
        with history_coming_in(f"import {fmt.name}"):
            new = _write(some, fmt, shelf)
            run.done = max(run.done, start + len(some))
            run.save(update_fields=["done"])
        shelf.confirm()
        result.orders_new += new
        result.orders_known += len(some) - new
        progress(start + len(some), run.total)
    _finish(run)
    return result


def _write(some: Sequence[OldOrder], fmt: Format, shelf: Shelf) -> int:
    return write_orders(some, platform=fmt.name, shelf=shelf)


def _begin(path: Path, fmt: Format, total: int) -> tuple[ImportRun, Vendor]:
    """The checkpoint of this file's content, and the vendor its lines are sold by."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with acting_as_system(f"import {fmt.name}"), transaction.atomic():
        run, _ = ImportRun.objects.get_or_create(
            format=fmt.name, sha256=digest, defaults={"file_name": path.name, "total": total}
        )
        if run.total != total:  # the format was taught better since
            run.total, run.done = total, 0
            run.save(update_fields=["total", "done"])
        vendor, _ = Vendor.objects.get_or_create(
            slug=slugify(fmt.vendor),
            defaults={"name": fmt.vendor, "status": VendorStatus.ACTIVE, "payout_currency": "GBP"},
        )
    return run, vendor


def _finish(run: ImportRun) -> None:
    with acting_as_system("import"), transaction.atomic():
        run.state = ImportState.DONE
        run.finished_at = timezone.now()
        run.save(update_fields=["state", "finished_at"])
