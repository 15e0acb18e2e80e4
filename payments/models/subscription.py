"""Subscriptions as the gateways tell of them, and the pages on which they begin."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.enums import Tier
from core.constraints import choice_is_known
from core.models import BaseModel
from payments.billing_enums import LIVE_SUBSCRIPTIONS, SubscriptionState
from payments.enums import GatewayName
from payments.models.plan import PlanPrice


class Subscription(BaseModel):
    """One subscription, mirrored. What it says follows from its SubscriptionEvents alone, see
    `payments.subscription_life`; in which order they arrived makes no difference.

    `tier` is what is paid for; `grants` says that its user has that tier because of this row.
    `surplus`: the user had another one already. It gives nothing and is shown to staff.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="subscriptions"
    )
    gateway = models.TextField(choices=GatewayName.choices)
    gateway_ref = models.TextField()
    customer_ref = models.TextField(blank=True)
    price_ref = models.TextField(blank=True, help_text="The gateway's name of the price")
    price = models.ForeignKey(
        PlanPrice, null=True, blank=True, on_delete=models.PROTECT, related_name="subscriptions"
    )
    tier = models.TextField(choices=Tier.choices, default=Tier.FREE)
    state = models.TextField(choices=SubscriptionState.choices)
    livemode = models.BooleanField()
    began_at = models.DateTimeField(help_text="When it was first heard of")
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it ended, in the gateway's words")
    past_due_since = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(
        null=True, blank=True, help_text="Access is kept until then without a paid renewal"
    )
    as_of = models.DateTimeField(help_text="When the gateway said so")
    surplus = models.BooleanField(default=False, help_text="A second one of the same person")
    grants = models.BooleanField(default=False, help_text="The user has its tier now")
    access_until = models.DateTimeField(null=True, blank=True, help_text="When to look again")
    next_price = models.ForeignKey(
        PlanPrice,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="A smaller plan, wished for from the next period on",
    )
    failures = models.PositiveIntegerField(
        default=0, help_text="Failures the gateway answered with, and repeats to the same key"
    )
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When we last asked the gateway without news"
    )

    class Meta:
        ordering = ["-id"]
        permissions = [("steer_subscription", "Can cancel, resume and ask about subscriptions")]
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_subscription"),
            choice_is_known("state", SubscriptionState, table="payments_subscription"),
            choice_is_known("tier", Tier, table="payments_subscription"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"], name="payments_subscription_ref_once"
            ),
            models.UniqueConstraint(
                fields=["user"],
                name="payments_subscription_one_live",
                condition=Q(state__in=LIVE_SUBSCRIPTIONS, surplus=False),
            ),
            models.CheckConstraint(
                name="payments_subscription_surplus_grants_nothing",
                condition=Q(surplus=False) | Q(grants=False),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="payments_subscription_user"),
            models.Index(fields=["state", "-id"], name="payments_subscription_state"),
            # what the jobs ask for: access that runs out, periods that ended without news
            models.Index(
                fields=["access_until"],
                name="payments_subscription_grants",
                condition=Q(grants=True),
            ),
            models.Index(
                fields=["period_end"],
                name="payments_subscription_ends",
                condition=Q(state__in=LIVE_SUBSCRIPTIONS),
            ),
        ]

    def __str__(self) -> str:
        return self.gateway_ref

    @property
    def is_live(self) -> bool:
        """Begun and not ended."""
        return self.state in LIVE_SUBSCRIPTIONS


class SubscriptionEvent(models.Model):
    """One story about a subscription: how it stood at a moment. Written once, never changed."""

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="stories")
    as_of = models.DateTimeField()
    state = models.TextField(choices=SubscriptionState.choices)
    seen = models.JSONField(help_text="The whole story")
    digest = models.TextField(help_text="Of the story: told twice, it is one")
    source = models.TextField(help_text="Who told us: webhook, staff, a job ...")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["as_of", "id"]
        constraints = [
            choice_is_known("state", SubscriptionState, table="payments_subscriptionevent"),
            models.UniqueConstraint(
                fields=["subscription", "digest"], name="payments_subscriptionevent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} at {self.as_of:%Y-%m-%d %H:%M}"


class CheckoutSession(BaseModel):
    """A gateway's page on which somebody may subscribe. The row is there before the page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    price = models.ForeignKey(PlanPrice, on_delete=models.PROTECT, related_name="+")
    gateway = models.TextField(choices=GatewayName.choices)
    gateway_ref = models.TextField(null=True, blank=True)
    url = models.TextField(blank=True)
    trial_days = models.PositiveSmallIntegerField(default=0)
    success_url = models.TextField()
    cancel_url = models.TextField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="The page closes")
    failures = models.PositiveIntegerField(
        default=0, help_text="Failures the gateway answered with, and repeats to the same key"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_checkoutsession"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"], name="payments_checkoutsession_ref_once"
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="payments_checkoutsession_user")]

    def __str__(self) -> str:
        return self.gateway_ref or str(self.pk)

    @property
    def idempotency_key(self) -> str:
        """The same for every try to open this page whose outcome is not known."""
        return f"checkout:{self.pk}:create:{self.failures}"
