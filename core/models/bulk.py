"""Bulk jobs: files of rows on their way in or out, and how far each has come."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.constraints import choice_is_known
from core.enums import BulkFormat, BulkKind, BulkOutcome, BulkState, BulkStep
from core.models.base import BaseModel

TABLE = "core_bulkjob"


class BulkMapping(BaseModel):
    """Which column of a file means which field, under a name, so that it is said once.

    For imports `columns` maps the file's headings to fields; for exports it lists fields.
    """

    kind = models.TextField(choices=BulkKind.choices)
    target = models.TextField(help_text="products, customers, orders")
    name = models.CharField(max_length=80)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["target", "name"]
        constraints = [
            choice_is_known("kind", BulkKind, table="core_bulkmapping"),
            models.UniqueConstraint(
                fields=["kind", "target", "name"], name="core_bulkmapping_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulkJob(BaseModel):
    """One file in, or one file out.

    Workers claim it by lease (`lease_until`, the database's clock) and a fencing token, as they do
    deliveries. `place` is the last group of rows that is finished: it is written in the
    transaction that wrote those rows, so that whoever goes on begins behind it.
    """

    kind = models.TextField(choices=BulkKind.choices)
    target = models.TextField(help_text="products, customers, orders")
    state = models.TextField(choices=BulkState.choices, default=BulkState.DRAFT)
    step = models.TextField(choices=BulkStep.choices)
    user_id = models.UUIDField(null=True, blank=True, help_text="Who asked for it")
    role = models.TextField(blank=True, help_text="As whom exports read: what they may see")

    file = models.TextField(blank=True, help_text="Name in the private storage")
    file_name = models.CharField(max_length=200, blank=True, help_text="As the person knows it")
    format = models.TextField(choices=BulkFormat.choices, default=BulkFormat.CSV)
    sha256 = models.TextField(blank=True, help_text="Of the file, hexadecimal")
    size = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Bytes")
    layout = models.JSONField(default=dict, help_text="encoding, delimiter, sheet, headings")
    columns = models.JSONField(default=dict, help_text="Import: heading to field; export: fields")
    options = models.JSONField(default=dict, help_text="What the target asks for; filters")
    mapping = models.ForeignKey(
        BulkMapping, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    done = models.PositiveBigIntegerField(default=0, db_default=0)
    total = models.PositiveBigIntegerField(default=0, db_default=0, help_text="0: not yet known")
    new = models.PositiveBigIntegerField(default=0, db_default=0)
    changed = models.PositiveBigIntegerField(default=0, db_default=0)
    unchanged = models.PositiveBigIntegerField(default=0, db_default=0)
    refused = models.PositiveBigIntegerField(default=0, db_default=0)
    place = models.BigIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, db_default="")
    log = models.JSONField(default=list, help_text="[time, sentence] in order")

    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    worker = models.TextField(blank=True, db_default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.BigIntegerField(default=0, db_default=0)
    lost_leases = models.PositiveIntegerField(default=0, db_default=0)
    file_until = models.DateTimeField(null=True, blank=True, help_text="The file goes then")

    class Meta:
        permissions = [
            ("import_bulkjob", "Can import files"),
            ("export_bulkjob", "Can export files"),
        ]
        constraints = [
            choice_is_known("kind", BulkKind, table=TABLE),
            choice_is_known("state", BulkState, table=TABLE),
            choice_is_known("step", BulkStep, table=TABLE),
            choice_is_known("format", BulkFormat, table=TABLE),
            models.CheckConstraint(
                name="core_bulkjob_exports_only_export",
                condition=Q(kind=BulkKind.EXPORT, step=BulkStep.EXPORT)
                | (Q(kind=BulkKind.IMPORT) & ~Q(step=BulkStep.EXPORT)),
            ),
        ]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="core_bulkjob_user"),
            models.Index(
                fields=["lease_until"],
                name="core_bulkjob_due",
                condition=Q(state__in=[BulkState.QUEUED, BulkState.RUNNING]),
            ),
            models.Index(
                fields=["file_until"],
                name="core_bulkjob_files",
                condition=Q(file_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.target}: {self.file_name}"


class BulkRow(models.Model):
    """One row of an imported file as it came, and what became of it.

    Rows of one `key` (the lines of an order, the variants of a product) share a `place`, the
    number of the first of them: they are written together or not at all.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="Line of the file or row of the sheet")
    place = models.PositiveIntegerField()
    key = models.TextField()
    cells = models.JSONField()
    outcome = models.TextField(
        choices=BulkOutcome.choices,
        default=BulkOutcome.WAITING,
        db_default=BulkOutcome.WAITING,
    )
    reason = models.TextField(blank=True, default="", db_default="")
    changes = models.JSONField(null=True, blank=True, help_text="field to [from, to]")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            choice_is_known("outcome", BulkOutcome, table="core_bulkrow"),
            models.UniqueConstraint(
                fields=["job", "place", "number"], name="core_bulkrow_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.number}: {self.outcome}"
