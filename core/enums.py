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
