"""The audit trail: every privileged act, append-only."""

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """Who did what to which thing, and whether it worked.

    No foreign keys: an entry never blocks, and never dies with, the row it speaks of.
    The database refuses UPDATE and DELETE to every role the application can take.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.UUIDField(null=True, blank=True)
    actor_role = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why a system identity acted")
    action = models.TextField(help_text="order.cancel, events.replay, apikey.create ...")
    resource = models.TextField(blank=True, help_text="kind:id")
    details = models.JSONField(default=dict)
    success = models.BooleanField(default=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.TextField(blank=True)
    request_id = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["-at"], name="core_auditentry_at"),
            models.Index(fields=["resource", "-id"], name="core_auditentry_resource"),
            models.Index(fields=["actor_id", "-id"], name="core_auditentry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource}"
