"""Words of the ground floor."""

from django.db import models


class DeliveryState(models.TextChoices):
    """Where one subscriber stands with one event."""

    READY = "ready", "Ready"
    LEASED = "leased", "Being worked on"
    DONE = "done", "Done"
    IGNORED = "ignored", "Ignored"
    DEAD = "dead", "Dead letter"


class Queue(models.TextChoices):
    """Which workers take it: money never waits behind bulk."""

    MONEY = "money", "Money"
    DEFAULT = "default", "Default"
    BULK = "bulk", "Bulk"


class IdempotencyState(models.TextChoices):
    STARTED = "started", "Started"
    FINISHED = "finished", "Finished"


class RunState(models.TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class BulkKind(models.TextChoices):
    """Which way the rows go."""

    IMPORT = "import", "Import"
    EXPORT = "export", "Export"


class BulkState(models.TextChoices):
    """Where a bulk job stands. Only queued and running ones are a worker's business."""

    DRAFT = "draft", "Being set up"
    QUEUED = "queued", "Waits for a worker"
    RUNNING = "running", "Running"
    CHECKED = "checked", "Checked, waits for you"
    PAUSED = "paused", "Paused"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class BulkStep(models.TextChoices):
    """What a bulk job does at present. An import reads, checks (writes nothing), then writes."""

    READ = "read", "Reading the file"
    CHECK = "check", "Trying each row"
    WRITE = "write", "Writing"
    EXPORT = "export", "Writing the file"


class BulkFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"


class BulkOutcome(models.TextChoices):
    """What became of one row of a file, or would become of it."""

    WAITING = "waiting", "Not yet looked at"
    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "As it was"
    REFUSED = "refused", "Refused"


class FileKind(models.TextChoices):
    """How a file is looked into and shown: pictures are drawn anew, documents stay as they came."""

    IMAGE = "image", "Picture"
    DOCUMENT = "document", "Document"


class FileState(models.TextChoices):
    """The life of an uploaded file."""

    PENDING = "pending", "Being stored"
    READY = "ready", "Stored, not used yet"
    REJECTED = "rejected", "Refused"
    ATTACHED = "attached", "In use"
    ORPHANED = "orphaned", "No longer used"


class ThumbnailState(models.TextChoices):
    """Whether the small pictures of a picture are made."""

    NONE = "none", "None wanted"
    WAITING = "waiting", "Being made"
    READY = "ready", "Made"
    FAILED = "failed", "Failed"
