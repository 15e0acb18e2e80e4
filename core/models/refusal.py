"""Webhooks that nobody we know had signed: counted, never kept."""

from django.db import models
from django.db.models.functions import Now


class WebhookRefusal(models.Model):
    """How often one sender's door refused a signature on one day (UTC), by reason."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    source = models.TextField()
    reason = models.TextField(help_text="Ours, never words of the sender")
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-day", "source", "reason"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "source", "reason"], name="core_webhookrefusal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.day}: {self.count} × {self.reason}"
