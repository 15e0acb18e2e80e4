"""Files from hand to hand: attached to a row, let go, asked for small pictures of.

    attach(file.pk)            # in the transaction that writes the row pointing to it
    detach(file.pk)            # in the transaction that takes that row away, after it

Whoever locks a file and rows that point to it locks the file first (the sweep does so too).
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.enums import FileKind, FileState, ThumbnailState
from core.errors import Conflict, NotFound
from core.events import publish
from core.files.uses import is_in_use
from core.identity import acting_as_system
from core.models import StoredFile
from core.models.stored_file import KEPT

REASON = "files"
STORED = "file.stored"


def hold(file_id: UUID) -> StoredFile | None:
    """Lock the file's row: nobody attaches, detaches or sweeps it meanwhile. None: it is gone."""
    with acting_as_system(REASON):
        return StoredFile.objects.select_for_update().filter(pk=file_id).first()


@transaction.atomic
def attach(file_id: UUID) -> StoredFile:
    """From now on something points to the file; it will not be swept.

    Raises Conflict when it was swept or never stored: take it in again.
    """
    with acting_as_system(REASON):
        file = hold(file_id)
        if file is None or file.state not in KEPT:
            raise Conflict("The file is gone. Send it again.")
        if file.state != FileState.ATTACHED:
            file.state, file.orphaned_at = FileState.ATTACHED, None
            file.save(update_fields=["state", "orphaned_at", "updated_at"])
        return file


@transaction.atomic
def detach(file_id: UUID) -> None:
    """Something points to the file no more. When nothing does, it can be swept after a while."""
    with acting_as_system(REASON):
        file = hold(file_id)
        if file is None or file.state != FileState.ATTACHED or is_in_use(file_id):
            return
        file.state, file.orphaned_at = FileState.ORPHANED, timezone.now()
        file.save(update_fields=["state", "orphaned_at", "updated_at"])


@transaction.atomic
def ask_for_thumbnails(file_id: UUID) -> StoredFile:
    """Have the small pictures made anew, say after that failed. Raises NotFound, Conflict."""
    with acting_as_system(REASON):
        file = hold(file_id)
        if file is None:
            raise NotFound("There is no such file.")
        if file.kind != FileKind.IMAGE or file.state not in KEPT:
            raise Conflict(f"{file.original_name} is no stored picture.")
        file.thumbnails, file.thumbnails_error = ThumbnailState.WAITING, ""
        file.save(update_fields=["thumbnails", "thumbnails_error", "updated_at"])
        announce(file)
        return file


def announce(file: StoredFile) -> None:
    """Tell that a picture is there, so that its small ones are made."""
    publish(type=STORED, subject=f"file:{file.pk}", data={"file_id": str(file.pk)})
