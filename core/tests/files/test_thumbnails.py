"""Small pictures: made by the workers, again when asked, and a failure is written down."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from core.enums import DeliveryState, Queue, ThumbnailState
from core.events.worker import work_off
from core.files import storage, subscribers
from core.files.hands import ask_for_thumbnails
from core.files.limits import THUMBNAIL_EDGES
from core.files.store import Terms, take_in
from core.models import Delivery, StoredFile
from core.tests.files.samples import ask, picture, sent

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """Have everything done that is due, and whatever waits for another try."""
    for _ in range(subscribers.TRIES + 1):
        waiting = Delivery.objects.filter(state=DeliveryState.READY)
        ask(lambda rows=waiting: rows.update(due_at="2020-01-01T00:00:00Z"))
        work_off(Queue.BULK, budget=20)


def now(file: StoredFile) -> StoredFile:
    return ask(lambda: StoredFile.objects.get(pk=file.pk))


def test_each_size_is_made_and_its_bytes_are_counted(media: Path) -> None:
    file = take_in(sent(picture("JPEG", (1600, 800))), Terms())
    assert now(file).thumbnails == ThumbnailState.WAITING
    work()
    made = now(file)
    assert (made.thumbnails, made.thumbnails_error) == (ThumbnailState.READY, "")
    total = 0
    for edge in THUMBNAIL_EDGES:
        path = Path(default_storage.path(storage.name_of(file, edge)))
        with Image.open(path) as drawn:
            assert (drawn.format, drawn.size) == ("WEBP", (edge, edge // 2))
        total += path.stat().st_size
    assert made.thumbnails_size == total


def test_a_small_picture_is_not_blown_up() -> None:
    file = take_in(sent(picture("PNG", (50, 40))), Terms())
    work()
    with Image.open(default_storage.path(storage.name_of(file, 1024))) as drawn:
        assert drawn.size == (50, 40)


def test_a_failure_is_written_down_and_staff_can_have_it_tried_again() -> None:
    file = take_in(sent(picture()), Terms())
    place = Path(default_storage.path(storage.name_of(file)))
    good = place.read_bytes()
    place.write_bytes(b"rotten")
    work()
    failed = now(file)
    assert failed.thumbnails == ThumbnailState.FAILED
    assert "picture" in failed.thumbnails_error
    place.write_bytes(good)
    ask_for_thumbnails(file.pk)
    work()
    assert (now(file).thumbnails, now(file).thumbnails_error) == (ThumbnailState.READY, "")


def test_a_storage_that_is_away_is_asked_again_and_then_it_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = 0

    def away(*_: Any) -> None:
        nonlocal tries
        tries += 1
        raise ConnectionError("no answer")

    file = take_in(sent(picture()), Terms())
    monkeypatch.setattr(storage, "put", away)
    work()
    assert tries == subscribers.TRIES
    assert now(file).thumbnails == ThumbnailState.FAILED
    assert "ConnectionError" in now(file).thumbnails_error


def test_a_file_that_is_gone_is_nobodys_work() -> None:
    file = take_in(sent(picture()), Terms())
    ask(lambda: StoredFile.objects.filter(pk=file.pk).delete())
    work()
    delivery = ask(lambda: Delivery.objects.get(event__subject=f"file:{file.pk}"))
    assert delivery.state == DeliveryState.IGNORED
