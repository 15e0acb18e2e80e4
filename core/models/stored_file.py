"""Files people sent in: what each one is, whose it is, and where it stands in its life."""

import secrets

from django.db import models
from django.db.models import Q

from core.constraints import choice_is_known
from core.enums import FileKind, FileState, ThumbnailState
from core.models.base import BaseModel

KEPT = [FileState.READY, FileState.ATTACHED, FileState.ORPHANED]  # states with bytes behind them


def new_key() -> str:
    """32 random hex digits: the name in the storage and in links. It cannot be guessed."""
    return secrets.token_hex(16)


class StoredFile(BaseModel):
    """One file. The row is written before the bytes are, and goes before the bytes go, so that
    whatever dies in between leaves something core/files/sweep.py finds.

    pending → ready (looked into and stored) or rejected → attached (a row of some floor points to
    it) → orphaned (nothing does any more; can be taken back until it is swept).
    """

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    kind = models.TextField(choices=FileKind.choices)
    state = models.TextField(
        choices=FileState.choices, default=FileState.PENDING, db_default=FileState.PENDING
    )
    is_public = models.BooleanField(
        default=False, db_default=False, help_text="Anybody who has the link may see it"
    )
    holder_id = models.UUIDField(
        null=True, blank=True, help_text="Whose room it takes: a vendor, a user; empty: the house"
    )
    uploaded_by_id = models.UUIDField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, help_text="Of what was sent, in hex")
    size = models.PositiveBigIntegerField(help_text="Bytes, as stored; refused ones: as sent")
    mime = models.CharField(max_length=100, blank=True, help_text="Found out from the content")
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels")
    height = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels")
    original_name = models.CharField(max_length=150, help_text="As it was called, made harmless")
    reason = models.TextField(blank=True, db_default="", help_text="Why it was refused")
    thumbnails = models.TextField(
        choices=ThumbnailState.choices,
        default=ThumbnailState.NONE,
        db_default=ThumbnailState.NONE,
    )
    thumbnails_error = models.TextField(blank=True, db_default="")
    thumbnails_size = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Bytes")
    orphaned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "file"
        constraints = [
            choice_is_known("kind", FileKind, table="core_storedfile"),
            choice_is_known("state", FileState, table="core_storedfile"),
            choice_is_known("thumbnails", ThumbnailState, table="core_storedfile"),
            models.CheckConstraint(
                name="core_storedfile_orphaned_since_a_time",
                condition=Q(state=FileState.ORPHANED, orphaned_at__isnull=False)
                | ~Q(state=FileState.ORPHANED) & Q(orphaned_at__isnull=True),
            ),
            models.CheckConstraint(
                name="core_storedfile_refused_for_a_reason",
                condition=~Q(state=FileState.REJECTED) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="core_storedfile_kept_is_known",
                condition=~Q(state__in=KEPT)
                | ~Q(mime="")
                & (
                    Q(kind=FileKind.DOCUMENT)
                    | Q(width__isnull=False, height__isnull=False, width__gt=0, height__gt=0)
                ),
            ),
            # the same content twice in the same hands is one file
            models.UniqueConstraint(
                fields=["holder_id", "sha256", "kind", "is_public"],
                condition=Q(state__in=KEPT),
                nulls_distinct=False,
                name="core_storedfile_once_per_holder",
            ),
        ]
        indexes = [
            # how much room somebody takes
            models.Index(
                fields=["holder_id", "state", "size", "thumbnails_size"],
                name="core_storedfile_room",
            ),
            # what the sweep takes: left behind, refused, not used
            models.Index(
                fields=["state", "updated_at"],
                condition=~Q(state=FileState.ATTACHED),
                name="core_storedfile_sweep",
            ),
            models.Index(
                fields=["thumbnails", "updated_at"],
                condition=Q(thumbnails__in=[ThumbnailState.WAITING, ThumbnailState.FAILED]),
                name="core_storedfile_thumbnails",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name
