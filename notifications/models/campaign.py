"""Campaigns: one text for many people, sent once to each."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import CampaignState, Channel, RecipientState
from notifications.models.template import Template

LANGUAGE = RegexValidator(r"^[a-z]{2,3}(-[A-Z]{2})?$", "A language, such as en or de-AT.")
MOST_PER_MINUTE = 10_000
CHANNELS = [(one.value, one.label) for one in (Channel.EMAIL, Channel.PUSH)]


class Campaign(BaseModel):
    """Who gets what, by which channel, when, and how fast.

    Its people are written down when it is prepared (CampaignRecipient) and then stay as they are.
    `place` is the last recipient that is finished; it moves in the transaction that wrote their
    notifications, so whoever goes on after a crash begins behind it. `step` numbers the worker's
    calls: one from before a pause finds another number and does nothing.
    """

    name = models.CharField(max_length=120, help_text="Only staff see it")
    channel = models.TextField(choices=CHANNELS, default=Channel.EMAIL)
    audience = models.CharField(max_length=40, help_text="Whom to choose from")
    filters = models.JSONField(default=dict, blank=True)
    template = models.ForeignKey(
        Template, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="One of your own (made under Wording); empty: the text below",
    )  # fmt: skip
    url = models.URLField(max_length=500, blank=True, help_text="Where the button, or a tap, leads")
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: at once, when you start it"
    )
    per_minute = models.PositiveIntegerField(
        default=1_000,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PER_MINUTE)],
        help_text="At most so many people a minute",
    )
    state = models.TextField(choices=CampaignState.choices, default=CampaignState.DRAFT)
    people = models.PositiveIntegerField(default=0, help_text="How many it was prepared for")
    done = models.PositiveIntegerField(default=0, help_text="Looked at, or handed over, so far")
    place = models.BigIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)
    prepared_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        permissions = [("run_campaign", "Can prepare, start and stop campaigns")]
        constraints = [
            models.CheckConstraint(
                name="notifications_campaign_channel_known",
                condition=Q(channel__in=[value for value, _ in CHANNELS]),
            ),
            choice_is_known("state", CampaignState, table="notifications_campaign"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="notifications_campaign_state")]

    def __str__(self) -> str:
        return self.name


class CampaignText(BaseModel):
    """The words in one language."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, default="en", validators=[LANGUAGE])
    subject = models.CharField(max_length=200, help_text="Subject of the mail, title of the push")
    body = models.TextField(
        help_text="An empty line begins a new paragraph. {{ name }} is the person's name, or empty."
    )
    button = models.CharField(max_length=60, blank=True, help_text="Words on the mail's button")

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language"], name="notifications_campaigntext_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.subject}"


class CampaignRecipient(models.Model):
    """One person of a campaign. Keys grow in the order of writing: they are the cursor."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="recipients", db_index=False
    )
    person = models.UUIDField(help_text="Id of the customer or user")
    user_id = models.UUIDField(null=True, blank=True)
    email = models.TextField(blank=True, default="", db_default="")
    address_key = models.TextField(
        blank=True, default="", db_default="", help_text="The address's keyed hash, once looked at"
    )
    language = models.CharField(max_length=10, default="en")
    name = models.TextField(blank=True, default="", db_default="")
    state = models.TextField(
        choices=RecipientState.choices,
        default=RecipientState.COUNTED,
        db_default=RecipientState.COUNTED,
    )
    reason = models.TextField(blank=True, default="", db_default="")
    notification_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            choice_is_known("state", RecipientState, table="notifications_campaignrecipient"),
            models.UniqueConstraint(
                fields=["campaign", "person"], name="notifications_recipient_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "email"],
                condition=~Q(email=""),
                name="notifications_recipient_address",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "id"], name="notifications_recipient_place")]

    def __str__(self) -> str:
        return f"{self.email or self.person}"
