"""What people want to hear, when they want to be left in peace, and each time they said so."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import Channel, Source, Subject


class Preference(BaseModel):
    """Whether a person wants to hear about a subject on a channel.

    Said by a user, or for an address by the link of a mail: `address_key` is its keyed hash
    (notifications/addresses.py). Where both spoke, what was said last counts; where nobody did,
    the subject's own default.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    address_key = models.TextField(null=True, blank=True)
    subject = models.TextField(choices=Subject.choices)
    channel = models.TextField(choices=Channel.choices)
    wanted = models.BooleanField()
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject", "channel"], name="notifications_preference_of_user"
            ),
            models.UniqueConstraint(
                fields=["address_key", "subject", "channel"],
                name="notifications_preference_of_address",
            ),
            models.CheckConstraint(
                name="notifications_preference_of_one",
                condition=Q(user__isnull=True, address_key__isnull=False)
                | Q(user__isnull=False, address_key__isnull=True),
            ),
            choice_is_known("subject", Subject, table="notifications_preference"),
            choice_is_known("channel", Channel, table="notifications_preference"),
        ]

    def __str__(self) -> str:
        word = "yes" if self.wanted else "no"
        return f"{self.get_subject_display()}, {self.get_channel_display()}: {word}"


class ChoiceRecord(BaseModel):
    """One thing somebody said: consent given or taken back, by whom and how. Append-only.

    Ids are plain values: the record of a consent outlives the login it belonged to.
    """

    user_id = models.UUIDField(null=True, blank=True)
    address_key = models.TextField(blank=True)
    subject = models.TextField(choices=Subject.choices)
    channel = models.TextField(choices=Channel.choices)
    wanted = models.BooleanField()
    source = models.TextField(choices=Source.choices)
    actor_id = models.UUIDField(null=True, blank=True, help_text="Who was logged in, if anybody")

    class Meta:
        constraints = [
            choice_is_known("subject", Subject, table="notifications_choicerecord"),
            choice_is_known("channel", Channel, table="notifications_choicerecord"),
            choice_is_known("source", Source, table="notifications_choicerecord"),
        ]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="notifications_choice_user"),
            models.Index(fields=["address_key", "-id"], name="notifications_choice_address"),
        ]

    def __str__(self) -> str:
        word = "yes" if self.wanted else "no"
        return f"{self.get_subject_display()}, {self.get_channel_display()}: {word}"


class QuietHours(BaseModel):
    """From when to when a user is not to be disturbed, on the clock of their own time zone.

    `ends` before `starts` is the next morning.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        verbose_name_plural = "quiet hours"
        constraints = [
            models.CheckConstraint(
                name="notifications_quiet_hours_last", condition=~Q(starts=F("ends"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M} to {self.ends:%H:%M}"
