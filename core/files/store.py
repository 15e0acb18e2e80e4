"""Taking files in.

    file = take_in(upload, Terms(kinds=(FileKind.IMAGE,), holder_id=vendor.pk, is_public=True))

The caller has decided that the person may do this; the rows themselves are written as the house.
What becomes of the file then: core/files/hands.py.
"""

import hashlib
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from core.enums import FileKind, FileState, ThumbnailState
from core.errors import Unavailable
from core.files import storage
from core.files.hands import REASON, announce
from core.files.limits import MB
from core.files.look.inside import Found, look_inside
from core.files.names import cleaned_name
from core.files.refusals import FileRefused, TooLarge
from core.identity import acting_as_system, current_identity
from core.models import StoredFile
from core.models.stored_file import KEPT

logger = structlog.get_logger(__name__)

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('core.files:' || %s, 0))"


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a file is taken: what, in whose name, how much room they have."""

    kinds: tuple[FileKind, ...] = (FileKind.IMAGE, FileKind.DOCUMENT)
    holder_id: UUID | None = None
    is_public: bool = False
    room: int | None = None  # bytes of the holder's files together; None: no end
    field: str = "file"  # under which name a refusal is told


def take_in(upload: Any, terms: Terms) -> StoredFile:
    """Look into an uploaded file and store it: a picture drawn anew, a document as it came.

    The same content in the same hands is stored once; the file that is there is returned. What is
    refused leaves a row that says why. Raises FileRefused, WrongType, TooLarge, Unavailable (the
    storage does not answer). Outside a transaction it makes its own, so that no lock is held while
    bytes are moved.
    """
    name = cleaned_name(upload.name)
    source: IO[bytes] = upload.file if hasattr(upload, "file") else upload
    size, digest = _measured(upload)
    with acting_as_system(REASON):
        twin = _twin(digest, terms)
        if twin is not None:
            return twin
        try:
            found = look_inside(source, name=name, size=size, kinds=terms.kinds, field=terms.field)
            file = _announced(found, name=name, digest=digest, terms=terms)
        except FileRefused as refusal:
            _remember_refusal(refusal, name=name, size=size, digest=digest, terms=terms)
            raise
        try:
            storage.put(storage.name_of(file), found.content)
        except Exception as error:  # a full disk, a bucket that is away
            logger.exception("files.not_stored", file=str(file.pk))
            raise Unavailable("The file cannot be stored at the moment. Try again.") from error
        return _stored(file, terms)


def room_taken(holder_id: UUID | None) -> int:
    """Bytes of a holder's files, small pictures and files on their way included."""
    with acting_as_system(REASON), transaction.atomic():
        kept = StoredFile.objects.filter(holder_id=holder_id).exclude(state=FileState.REJECTED)
        total = kept.aggregate(total=Sum(F("size") + F("thumbnails_size")))["total"]
    return int(total or 0)


def _measured(upload: Any) -> tuple[int, str]:
    """Bytes and SHA-256, read in pieces."""
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


@transaction.atomic
def _twin(digest: str, terms: Terms) -> StoredFile | None:
    return StoredFile.objects.filter(
        holder_id=terms.holder_id,
        sha256=digest,
        is_public=terms.is_public,
        kind__in=terms.kinds,
        state__in=KEPT,
    ).first()


@transaction.atomic
def _announced(found: Found, *, name: str, digest: str, terms: Terms) -> StoredFile:
    """The row, before its bytes. Raises TooLarge when there is no room left."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, [str(terms.holder_id)])
    if terms.room is not None and room_taken(terms.holder_id) + found.size > terms.room:
        raise TooLarge(
            f"There is no room left: {terms.room // MB} MB are all. Delete something first.",
            field=terms.field,
        )
    return StoredFile.objects.create(
        kind=found.kind,
        is_public=terms.is_public,
        holder_id=terms.holder_id,
        uploaded_by_id=current_identity().user_id,
        sha256=digest,
        size=found.size,
        mime=found.mime,
        width=found.width,
        height=found.height,
        original_name=name,
    )


@transaction.atomic
def _stored(file: StoredFile, terms: Terms) -> StoredFile:
    """The bytes are there. Somebody may have been quicker with the same content: then theirs."""
    is_picture = file.kind == FileKind.IMAGE
    file.state = FileState.READY
    file.thumbnails = ThumbnailState.WAITING if is_picture else ThumbnailState.NONE
    try:
        with transaction.atomic():
            moved = StoredFile.objects.filter(pk=file.pk, state=FileState.PENDING).update(
                state=file.state, thumbnails=file.thumbnails, updated_at=timezone.now()
            )
    except IntegrityError:
        twin = _twin(file.sha256, terms)
        if twin is None:
            raise
        StoredFile.objects.filter(pk=file.pk).delete()
        transaction.on_commit(lambda: storage.forget(file))
        return twin
    if not moved:  # it took so long that the sweep took it for left behind
        raise Unavailable("The file took too long to store. Send it again.")
    if is_picture:
        announce(file)
    return file


def _remember_refusal(
    refusal: FileRefused, *, name: str, size: int, digest: str, terms: Terms
) -> None:
    """In a transaction of its own; the caller's, if there is one, is rolled back by the refusal."""
    kind = terms.kinds[0] if len(terms.kinds) == 1 else FileKind.DOCUMENT
    with transaction.atomic():
        StoredFile.objects.create(
            kind=kind,
            state=FileState.REJECTED,
            holder_id=terms.holder_id,
            uploaded_by_id=current_identity().user_id,
            sha256=digest,
            size=size,
            original_name=name,
            reason=refusal.message,
        )
