"""The sweep: both directions, a dry run, and nothing that is in use."""

import os
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from commerce.models import ProductMedia
from commerce.tests.crowd import all_at_once
from core.enums import FileState
from core.errors import Conflict
from core.files import storage
from core.files import sweep as sweeping
from core.files.hands import attach, detach
from core.files.refusals import WrongType
from core.files.store import Terms, take_in
from core.files.sweep import sweep
from core.files.thumbnails import draw_thumbnails
from core.files.uses import USES
from core.models import StoredFile
from core.tests.files.samples import PDF, ask, picture, sent
from core.tests.files.uses import use

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(days=40)


@transaction.atomic
def age(by: timedelta = LATER) -> None:
    """Everything happened so much earlier."""
    for file in StoredFile.objects.all():
        StoredFile.objects.filter(pk=file.pk).update(
            updated_at=file.updated_at - by,
            orphaned_at=file.orphaned_at and file.orphaned_at - by,
        )


def stored(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def test_what_nobody_uses_goes_with_its_small_pictures(media: Path) -> None:
    file = take_in(sent(picture()), Terms())
    draw_thumbnails(file)
    attach(file.pk)
    detach(file.pk)
    assert sweep().unused == 0  # it can be put back for some days
    age()
    assert len(stored(media)) == 4
    swept = sweep()
    assert (swept.unused, swept.bytes) == (1, file.size)
    assert stored(media) == []
    assert not ask(lambda: StoredFile.objects.exists())


def test_what_never_came_to_be_used_goes_after_a_day(media: Path) -> None:
    take_in(sent(PDF), Terms())
    assert sweep().unused == 0
    age(timedelta(days=2))
    assert sweep().unused == 1
    assert stored(media) == []


def test_what_is_in_use_stays_however_old(media: Path) -> None:
    media_row = use(take_in(sent(PDF), Terms()))
    age()
    sweep()
    assert ask(lambda: StoredFile.objects.get(pk=media_row.file_id)).state == FileState.ATTACHED
    assert len(stored(media)) == 1


def test_a_row_that_waits_to_be_put_back_goes_with_its_file() -> None:
    media_row = use(take_in(sent(PDF), Terms()))
    row = ProductMedia.objects.filter(pk=media_row.pk)
    ask(lambda: row.update(removed_at=timezone.now()))
    detach(media_row.file_id)
    age()
    assert sweep().unused == 1
    assert not ask(lambda: ProductMedia.objects.exists())


def test_a_file_whose_users_were_deleted_behind_our_back_is_let_go() -> None:
    media_row = use(take_in(sent(PDF), Terms()))
    ask(lambda: ProductMedia.objects.all().delete())
    assert sweep().let_go == 1
    assert ask(lambda: StoredFile.objects.get(pk=media_row.file_id)).state == FileState.ORPHANED


def test_a_crash_before_the_bytes_and_one_after_them_both_leave_nothing(
    monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    put = storage.put

    class Killed(BaseException):
        pass

    def killed_after(name: str, content: Any) -> None:
        put(name, content)
        raise Killed

    def killed_before(name: str, content: Any) -> None:
        raise Killed

    for death in (killed_after, killed_before):
        monkeypatch.setattr(storage, "put", death)
        with pytest.raises(Killed):
            take_in(sent(PDF + death.__name__.encode()), Terms())
    monkeypatch.undo()
    assert sweep().left_behind == 0  # somebody may still be storing it
    age(timedelta(hours=2))
    assert sweep().left_behind == 2
    assert not ask(lambda: StoredFile.objects.exists())
    assert stored(media) == []


def test_bytes_without_a_row_go_when_they_are_old_and_strange_files_stay(
    settings: Any, media: Path
) -> None:
    settings.MEDIA_ROOT = media
    old, young = "ab" + "0" * 30, "ab" + "1" * 30
    for name in (f"{old}.webp", f"{old}.320.webp", f"{young}.webp", "README"):
        storage.put(f"files/ab/{name}", BytesIO(b"x"))
        if old in name:
            path = default_storage.path(f"files/ab/{name}")
            os.utime(path, (0, 0))
    assert sweep(dry_run=True).without_row == 2
    assert sweep().without_row == 2
    assert {path.name for path in stored(media)} == {f"{young}.webp", "README"}


def test_rows_without_bytes_are_reported_and_kept(media: Path) -> None:
    file = use(take_in(sent(PDF), Terms())).file
    stored(media)[0].unlink()
    swept = sweep()
    assert (swept.missing, swept.missing_files) == (1, [str(file.pk)])
    assert ask(lambda: StoredFile.objects.filter(pk=file.pk).exists())
    errors = StringIO()
    call_command("sweep_files", stdout=StringIO(), stderr=errors)
    assert str(file.pk) in errors.getvalue()


def test_notes_about_refused_files_go_after_a_month() -> None:
    with pytest.raises(WrongType):
        take_in(sent(b"MZ\x00"), Terms())
    assert sweep().refusals == 0
    age()
    assert sweep().refusals == 1


def test_a_dry_run_says_what_would_go_and_touches_nothing(media: Path) -> None:
    take_in(sent(PDF), Terms())
    take_in(sent(picture()), Terms())
    lost = use(take_in(sent(PDF + b"\n"), Terms())).file
    ask(lambda: ProductMedia.objects.all().delete())
    age(timedelta(days=2))
    out = StringIO()
    call_command("sweep_files", "--dry-run", stdout=out)
    assert "Would go:" in out.getvalue()
    assert "2 not used any more" in out.getvalue()
    assert len(stored(media)) == ask(lambda: StoredFile.objects.count()) == 3
    assert ask(lambda: StoredFile.objects.get(pk=lost.pk)).state == FileState.ATTACHED
    assert sweep(dry_run=True).let_go == 1


def test_every_column_that_points_to_files_is_declared() -> None:
    pointing = {
        (relation.related_model._meta.label, relation.field.name)
        for relation in StoredFile._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }
    assert pointing == set(USES)


def attached_and_swept(monkeypatch: pytest.MonkeyPatch | None = None) -> tuple[int, int]:
    """Old unused files, each attached by one thread while another sweeps it: (kept and used,
    used although the bytes are gone)."""
    files = []
    for number in range(12):
        file = take_in(sent(PDF + b"%" + str(number).encode()), Terms())
        attach(file.pk)
        detach(file.pk)
        files.append(file)
    age()
    unused = Q(state=FileState.ORPHANED)
    deeds: list[Any] = []
    for file in files:
        deeds += [
            lambda f=file: attach(f.pk),
            lambda f=file: sweeping.take_away(f.pk, unused),
            lambda f=file: sweeping.take_away(f.pk, unused),
        ]
    results = all_at_once(deeds)
    kept = broken = 0
    for place, file in enumerate(files):
        attached = not isinstance(results[place * 3], Exception)
        assert attached or isinstance(results[place * 3], Conflict), results[place * 3]
        there = default_storage.exists(storage.name_of(file))
        kept += attached and there
        broken += attached and not there
    return kept, broken


def test_nothing_that_was_attached_is_swept_at_the_same_moment() -> None:
    for _ in range(3):
        _, broken = attached_and_swept()
        assert broken == 0


def test_control_without_the_lock_what_is_attached_loses_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(file_id: Any, still: Q) -> int | None:
        with transaction.atomic():
            file = StoredFile.objects.filter(still, pk=file_id).first()
        if file is None:
            return None
        storage.forget(file)
        with transaction.atomic():
            StoredFile.objects.filter(pk=file_id, state=FileState.ORPHANED).delete()
        return 0

    monkeypatch.setattr(sweeping, "take_away", careless)
    assert sum(attached_and_swept()[1] for _ in range(5)) > 0
