"""A mail as it went out."""

from django.db import models

from notifications.models.delivery import Delivery
from notifications.models.template import TemplateVersion


class SentCopy(models.Model):
    """What one delivery's mail said, with secrets masked; written before it is handed over.

    `version` is the staff's wording it was made from, None for what ships. `digest` is the
    SHA-256 of subject, text and HTML as kept here.
    """

    delivery = models.OneToOneField(
        Delivery, primary_key=True, on_delete=models.CASCADE, related_name="copy"
    )
    version = models.ForeignKey(
        TemplateVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    language = models.CharField(max_length=10)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sent copies"
        indexes = [models.Index(fields=["created_at"], name="notifications_copy_age")]

    def __str__(self) -> str:
        return self.subject
