"""Sweeping: what nobody uses goes, in both directions, and nothing that is in use ever does.

A row goes before its bytes: what dies in between leaves bytes without a row, which the next sweep
finds. Rows whose bytes are missing are only reported; a person must know.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from core.enums import FileState
from core.files import storage
from core.files.hands import REASON
from core.files.uses import forget_rows_waiting, in_use, is_in_use
from core.identity import acting_as_system
from core.models import StoredFile
from core.models.stored_file import KEPT

logger = structlog.get_logger(__name__)

LEFT_BEHIND = timedelta(hours=1)  # a file that is still being stored after so long never will be
NEVER_USED = timedelta(days=1)  # stored, but nothing came to point to it
REFUSALS_KEPT = timedelta(days=30)
BATCH = 500
NAMED = 20  # missing files named in the report


@dataclass(slots=True)
class Swept:
    """What a sweep did, or would do."""

    left_behind: int = 0
    refusals: int = 0
    unused: int = 0
    let_go: int = 0  # attached, but the rows that used them are gone: swept later
    without_row: int = 0
    bytes: int = 0
    missing: int = 0
    missing_files: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the job's run."""
        return asdict(self)


def sweep(*, dry_run: bool = False, now: datetime | None = None) -> Swept:
    """Delete what is no longer used. With `dry_run` only say what would go."""
    now = now or timezone.now()
    swept = Swept()
    with acting_as_system(REASON):
        _let_go_of_unreferenced(swept, now=now, dry_run=dry_run)
        for candidates, count in (
            (Q(state=FileState.PENDING, updated_at__lt=now - LEFT_BEHIND), "left_behind"),
            (Q(state=FileState.REJECTED, updated_at__lt=now - REFUSALS_KEPT), "refusals"),
            (_unused(now), "unused"),
        ):
            _take_rows(candidates, count, swept, dry_run=dry_run)
        _compare_with_storage(swept, now=now, dry_run=dry_run)
    if swept.missing:
        logger.error("files.missing", count=swept.missing, files=swept.missing_files)
    return swept


def _unused(now: datetime) -> Q:
    undo = now - timedelta(days=settings.UPLOAD_UNDO_DAYS)
    return Q(state=FileState.ORPHANED, orphaned_at__lt=undo) | Q(
        state=FileState.READY, updated_at__lt=now - NEVER_USED
    )


@transaction.atomic
def _let_go_of_unreferenced(swept: Swept, *, now: datetime, dry_run: bool) -> None:
    """Rows that pointed to a file may have been deleted without a word (SQL, a cascade)."""
    files = StoredFile.objects.filter(state=FileState.ATTACHED).exclude(in_use())
    if dry_run:
        swept.let_go = files.count()
        return
    for file_id in list(files.values_list("pk", flat=True)):
        locked = StoredFile.objects.select_for_update(skip_locked=True).filter(pk=file_id).first()
        if locked and locked.state == FileState.ATTACHED and not is_in_use(file_id):
            swept.let_go += StoredFile.objects.filter(pk=file_id).update(
                state=FileState.ORPHANED, orphaned_at=now, updated_at=now
            )


def _take_rows(candidates: Q, count: str, swept: Swept, *, dry_run: bool) -> None:
    """Row by row in transactions of their own: one that is held stops no other."""
    for file_id in _keys_of(lambda: StoredFile.objects.filter(candidates)):
        if dry_run:
            with transaction.atomic():
                size = StoredFile.objects.filter(pk=file_id).values_list("size", flat=True).first()
            gone = size
        else:
            gone = take_away(file_id, candidates)
        if gone is not None:
            setattr(swept, count, getattr(swept, count) + 1)
            swept.bytes += 0 if count == "refusals" else gone


def take_away(file_id: UUID, still: Q) -> int | None:
    """Delete one file if it is `still` so and nothing uses it: its row, then its bytes.

    Returns its bytes; None when it is held, in use, or changed meanwhile. Whoever attaches it waits
    for the row's lock and finds it gone; whoever was first is found in use.
    """
    with transaction.atomic():
        file = (
            StoredFile.objects.select_for_update(skip_locked=True).filter(still, pk=file_id).first()
        )
        if file is None or is_in_use(file_id):
            return None
        forget_rows_waiting(file_id)
        try:
            file.delete()
        except ProtectedError:  # a row that no floor declared a use of
            logger.exception("files.undeclared_use", file=str(file_id))
            transaction.set_rollback(True)
            return None
    file.pk = file_id
    if file.state != FileState.REJECTED:
        storage.forget(file)
    return int(file.size + file.thumbnails_size)


def _keys_of(files: Callable[[], QuerySet[StoredFile]]) -> Iterator[UUID]:
    """Ids in their order, read in batches, each in a short transaction."""
    after: UUID | None = None
    while True:
        with transaction.atomic():
            rows = files().order_by("pk")
            if after:
                rows = rows.filter(pk__gt=after)
            found = list(rows.values_list("pk", flat=True)[:BATCH])
        yield from found
        if len(found) < BATCH:
            return
        after = found[-1]


def _compare_with_storage(swept: Swept, *, now: datetime, dry_run: bool) -> None:
    """Folder by folder, so that neither side is ever held in memory as a whole."""
    for number in range(256):
        prefix = f"{number:02x}"
        folder = storage.folder_of(prefix)
        names = set(_listed(folder))
        with transaction.atomic():
            rows = {
                file.key: file
                for file in StoredFile.objects.filter(key__startswith=prefix).only(
                    "key", "kind", "state", "mime", "original_name"
                )
            }
        for name in sorted(names):
            key = storage.key_in(name)
            if key and key not in rows and _is_old(f"{folder}/{name}", now):
                swept.without_row += 1
                if not dry_run:
                    default_storage.delete(f"{folder}/{name}")
        for file in rows.values():
            place = storage.name_of(file) if file.state in KEPT else ""
            if place and place.rpartition("/")[2] not in names and _is_missing(file, place):
                swept.missing += 1
                if len(swept.missing_files) < NAMED:
                    swept.missing_files.append(str(file.pk))


def _listed(folder: str) -> list[str]:
    try:
        return list(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return []


def _is_old(name: str, now: datetime) -> bool:
    """Younger ones may belong to a transaction that has not committed yet."""
    try:
        return default_storage.get_modified_time(name) < now - NEVER_USED
    except FileNotFoundError:
        return False


@transaction.atomic
def _is_missing(file: StoredFile, place: str) -> bool:
    """Looked at again: it may have been stored, or swept, since the folder was listed."""
    still = StoredFile.objects.filter(pk=file.pk, state__in=KEPT).exists()
    return still and not default_storage.exists(place)
