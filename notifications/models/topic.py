"""Topics: one push that FCM hands to everybody who joined."""

import re

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import Membership, TokenKind
from notifications.models.device import TOKEN_LENGTH, Device

KEY_LENGTH = 100
KEY = re.compile(r"^[a-zA-Z0-9\-_.~%]+$")  # firebase-admin's own rule
IN_STEP = Q(wanted=True, actual=Membership.JOINED) | Q(wanted=False, actual=Membership.LEFT)


class Topic(BaseModel):
    """What people can follow on their phones: public news, never anything personal."""

    key = models.CharField(
        max_length=KEY_LENGTH,
        unique=True,
        validators=[RegexValidator(KEY, "Letters, digits and - _ . ~ % only.")],
        help_text="As FCM knows it; cannot be changed later",
    )
    title = models.CharField(max_length=120, help_text="As people see it")
    description = models.CharField(max_length=300, blank=True)
    open_to_all = models.BooleanField(
        default=True, help_text="Off: only staff subscribe people, and shoppers do not see it"
    )

    class Meta:
        ordering = ["title"]
        permissions = [("send_push", "Can push to people and topics")]

    def __str__(self) -> str:
        return self.title


class TopicSubscription(BaseModel):
    """One token in one topic: what was asked for, and what FCM is known to have done.

    The token is kept here as well: a device that logged out or changed its token must still be
    taken out of the topic under the name FCM knows.
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The database sets it to NULL, as in Delivery: people delete their own devices.
    device = models.ForeignKey(
        Device,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="topics",
    )
    token_kind = models.TextField(choices=TokenKind.choices, default=TokenKind.TOKEN)
    token = models.CharField(max_length=TOKEN_LENGTH)
    wanted = models.BooleanField(default=True)
    actual = models.TextField(choices=Membership.choices, default=Membership.LEFT)
    error = models.TextField(blank=True, default="", help_text="Why FCM did not do it yet")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not asked of FCM before then")

    class Meta:
        constraints = [
            choice_is_known("token_kind", TokenKind, table="notifications_topicsubscription"),
            choice_is_known("actual", Membership, table="notifications_topicsubscription"),
            models.UniqueConstraint(
                fields=["topic", "token"], name="notifications_topicsubscription_once"
            ),
        ]
        indexes = [
            models.Index(
                F("due_at").asc(nulls_first=True),
                name="notifications_topics_due",
                condition=~IN_STEP,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: …{self.token[-6:]}"
