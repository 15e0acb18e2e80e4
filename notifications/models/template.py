"""Wording that staff wrote in place of what ships."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import TemplateChannel, VersionState
from notifications.kinds import title_of


class Template(BaseModel):
    """One message on one channel; there is a row only once somebody has edited it, and for each
    template that staff made for campaigns (kinds/own.py).

    `key` names the kind (notifications/kinds). The push's words are those of the list in the app.
    """

    key = models.TextField()
    channel = models.TextField(choices=TemplateChannel.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "channel"], name="notifications_template_once"),
            choice_is_known("channel", TemplateChannel, table="notifications_template"),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.key)} ({self.get_channel_display()})"


class TemplateVersion(BaseModel):
    """The words in one language at one time. What was published is never changed again.

    At most one per language is published and goes out; none: what ships does. `findings` is what
    the look at it found when it was saved (rendering/lint).
    """

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField(help_text="Counts up per language")
    subject = models.TextField(blank=True)
    preheader = models.TextField(blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    push_title = models.TextField(blank=True)
    push_body = models.TextField(blank=True)
    state = models.TextField(choices=VersionState.choices, default=VersionState.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    findings = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("publish_templateversion", "Can publish wording")]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "number"], name="notifications_version_number"
            ),
            models.UniqueConstraint(
                fields=["template", "language"],
                name="notifications_version_one_published",
                condition=Q(state="published"),
            ),
            models.UniqueConstraint(
                fields=["template", "language"],
                name="notifications_version_one_draft",
                condition=Q(state="draft"),
            ),
            choice_is_known("state", VersionState, table="notifications_templateversion"),
            models.CheckConstraint(
                name="notifications_version_published_has_time",
                condition=Q(state="draft") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.number}"
