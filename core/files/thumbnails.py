"""Small pictures of a picture, made in the background after it was stored."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from core.enums import FileKind, ThumbnailState
from core.files import storage
from core.files.limits import STORED_EDGE, THUMBNAIL_EDGES
from core.files.look.pictures import redrawn
from core.models import StoredFile
from core.models.stored_file import KEPT

MOST_PIXELS = STORED_EDGE**2  # our own drawing is never larger


@dataclass(frozen=True, slots=True)
class Made:
    """How it went: bytes in all, or why not."""

    size: int = 0
    error: str = ""


@transaction.atomic
def picture_waiting(file_id: UUID) -> StoredFile | None:
    """The stored picture whose small ones are wanted."""
    return StoredFile.objects.filter(
        pk=file_id, kind=FileKind.IMAGE, state__in=KEPT, thumbnails=ThumbnailState.WAITING
    ).first()


def draw_thumbnails(file: StoredFile) -> Made:
    """Draw and store each size; a picture smaller than a size keeps its own. Outside any
    transaction. Raises Unreadable, or what the storage raises."""
    with default_storage.open(storage.name_of(file)) as stored:
        source = BytesIO(stored.read())
    total = 0
    for edge in sorted(THUMBNAIL_EDGES, reverse=True):
        drawing = redrawn(source, edge=edge, largest_pixels=MOST_PIXELS)
        source = BytesIO(drawing.content)  # the next smaller one is made from this one
        storage.put(storage.name_of(file, edge), source)
        total += len(drawing.content)
    return Made(size=total)


def record(file_id: UUID, made: Made) -> None:
    """Write down how it went; staff see a failure on the file's page and can try again."""
    StoredFile.objects.filter(pk=file_id, thumbnails=ThumbnailState.WAITING).update(
        thumbnails=ThumbnailState.FAILED if made.error else ThumbnailState.READY,
        thumbnails_error=made.error,
        thumbnails_size=made.size,
        updated_at=timezone.now(),
    )
