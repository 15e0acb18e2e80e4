"""Answers kept for repeated requests (header `Idempotency-Key`)."""

from django.db import models
from django.db.models.functions import Now

from core.constraints import choice_is_known
from core.enums import IdempotencyState


class IdempotencyKey(models.Model):
    """One public write that costs money, and the answer it got.

    Kept 72 hours. Stored are 2xx and deterministic 4xx; 429 and 5xx are run again.
    `response` is encrypted: answers may hold personal data.
    """

    id = models.BigAutoField(primary_key=True)
    actor = models.TextField(help_text="user:<id>, key:<id>, cart:<hash> or ip:<hash>")
    operation = models.TextField(help_text="Method and path")
    key = models.TextField()
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of the body")
    state = models.TextField(choices=IdempotencyState.choices, default=IdempotencyState.STARTED)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.BinaryField(null=True, blank=True)
    locked_until = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "operation", "key"], name="core_idempotencykey_once"
            ),
            choice_is_known("state", IdempotencyState, table="core_idempotencykey"),
        ]
        indexes = [models.Index(fields=["created_at"], name="core_idempotencykey_age")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
