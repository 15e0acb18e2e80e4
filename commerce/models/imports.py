"""How far an import has come."""

from django.db import models
from django.db.models.functions import Now

from commerce.enums import ImportState
from core.constraints import choice_is_known


class ImportRun(models.Model):
    """One file in one format, known by its content. `done` orders of it are in; a second run of
    the same file begins there."""

    id = models.BigAutoField(primary_key=True)
    format = models.TextField()
    sha256 = models.TextField(help_text="Of the file, hexadecimal")
    file_name = models.TextField()
    state = models.TextField(choices=ImportState.choices, default=ImportState.RUNNING)
    done = models.PositiveIntegerField(default=0, db_default=0)
    total = models.PositiveIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choice_is_known("state", ImportState, table="commerce_importrun"),
            models.UniqueConstraint(fields=["format", "sha256"], name="commerce_importrun_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.done} of {self.total}"
