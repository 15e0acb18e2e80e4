"""Taking files in: rows, bytes and room, whatever goes wrong in between."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from core.enums import FileKind, FileState, ThumbnailState
from core.errors import Conflict, Unavailable
from core.files import storage
from core.files.hands import ask_for_thumbnails, attach, detach
from core.files.refusals import FileRefused, TooLarge, WrongType
from core.files.store import Terms, room_taken, take_in
from core.models import Event, StoredFile
from core.tests.files.samples import PDF, picture, sent

pytestmark = pytest.mark.django_db


def bytes_of(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def test_a_picture_becomes_a_row_and_a_webp_under_a_name_nobody_can_guess(media: Path) -> None:
    file = take_in(sent(picture("JPEG", (80, 60)), "../../me at home.php"), Terms())
    (stored,) = bytes_of(media)
    assert stored == media / "files" / file.key[:2] / f"{file.key}.webp"
    assert (file.state, file.kind, file.mime) == (FileState.READY, FileKind.IMAGE, "image/webp")
    assert (file.width, file.height, file.size) == (80, 60, stored.stat().st_size)
    assert file.original_name == "me at home.php"
    assert stored.stat().st_mode & 0o077 == 0o040


def test_a_document_is_stored_as_it_came(media: Path) -> None:
    file = take_in(sent(PDF, "manual.pdf"), Terms())
    (stored,) = bytes_of(media)
    assert stored.read_bytes() == PDF
    assert (file.kind, file.thumbnails) == (FileKind.DOCUMENT, ThumbnailState.NONE)
    assert not Event.objects.filter(type="file.stored", subject=f"file:{file.pk}").exists()


def test_the_same_content_in_the_same_hands_is_one_file(media: Path) -> None:
    holder, other = uuid4(), uuid4()
    first = take_in(sent(PDF, "a.pdf"), Terms(holder_id=holder))
    assert take_in(sent(PDF, "b.pdf"), Terms(holder_id=holder)) == first
    assert take_in(sent(PDF), Terms(holder_id=other)) != first
    assert take_in(sent(PDF), Terms(holder_id=holder, is_public=True)) != first
    assert len(bytes_of(media)) == 3


def test_what_is_refused_is_remembered_with_its_reason_and_nothing_is_stored(media: Path) -> None:
    holder = uuid4()
    with pytest.raises(WrongType):
        take_in(sent(b"<svg/>", "logo.svg"), Terms(holder_id=holder, field="picture"))
    refused = StoredFile.objects.get(holder_id=holder)
    assert (refused.state, refused.original_name) == (FileState.REJECTED, "logo.svg")
    assert "SVG" in refused.reason
    assert bytes_of(media) == []
    assert room_taken(holder) == 0


def test_a_refusal_names_the_field_it_came_in() -> None:
    with pytest.raises(FileRefused) as refused:
        take_in(sent(b""), Terms(field="avatar"))
    assert list(refused.value.details) == ["avatar"]


def test_no_room_left_is_said_before_anything_is_stored(media: Path) -> None:
    terms = Terms(holder_id=uuid4(), room=len(PDF) + 10)
    take_in(sent(PDF), terms)
    with pytest.raises(TooLarge, match="no room left"):
        take_in(sent(PDF + b"\n"), terms)
    assert len(bytes_of(media)) == 1


def test_a_storage_that_fails_leaves_a_row_the_sweep_finds(
    monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "put", full)
    holder = uuid4()
    with pytest.raises(Unavailable):
        take_in(sent(PDF), Terms(holder_id=holder))
    assert StoredFile.objects.get(holder_id=holder).state == FileState.PENDING


def test_a_file_that_was_swept_while_it_was_stored_is_not_called_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put = storage.put

    def slow(name: str, content: Any) -> None:
        put(name, content)
        StoredFile.objects.all().delete()

    monkeypatch.setattr(storage, "put", slow)
    with pytest.raises(Unavailable, match="too long"):
        take_in(sent(PDF), Terms())


def test_attached_let_go_and_attached_again() -> None:
    file = take_in(sent(PDF), Terms())
    assert attach(file.pk).state == FileState.ATTACHED
    detach(file.pk)
    file.refresh_from_db()
    assert (file.state, file.orphaned_at is None) == (FileState.ORPHANED, False)
    attach(file.pk)
    file.refresh_from_db()
    assert (file.state, file.orphaned_at) == (FileState.ATTACHED, None)


def test_what_was_refused_or_is_gone_cannot_be_attached() -> None:
    with pytest.raises(WrongType):
        take_in(sent(b"MZ\x00"), Terms())
    refused = StoredFile.objects.get(state=FileState.REJECTED)
    for file_id in (refused.pk, uuid4()):
        with pytest.raises(Conflict, match="gone"):
            attach(file_id)


def test_documents_have_no_small_pictures_to_ask_for() -> None:
    with pytest.raises(Conflict, match="no stored picture"):
        ask_for_thumbnails(take_in(sent(PDF), Terms()).pk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "orphaned"},
        {"state": "rejected"},
        {"state": "lost"},
        {"kind": "film"},
        {"thumbnails": "some"},
        {"mime": "", "state": "ready"},
        {"width": None, "state": "attached"},
        {"size": -1},
    ],
    ids=str,
)
def test_the_database_refuses_rows_that_make_no_sense(wrong: dict[str, Any]) -> None:
    file = take_in(sent(picture()), Terms())
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(**wrong)


def test_storing_over_a_name_replaces_what_was_there() -> None:
    storage.put("files/aa/x.webp", sent(b"one").file)
    storage.put("files/aa/x.webp", sent(b"two").file)
    with default_storage.open("files/aa/x.webp") as stored:
        assert stored.read() == b"two"
