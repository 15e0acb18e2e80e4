"""The event log: everything that arrives, everything that happens, and who reacts to it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.constraints import choice_is_known
from core.enums import DeliveryState, Queue

OPEN_STATES = [DeliveryState.READY, DeliveryState.LEASED]


class Event(models.Model):
    """One fact. Written once, never changed but for `duplicates`.

    `body` holds what arrived, byte for byte: an untrusted body is never cast to jsonb (a few
    bytes of `1e100000` would become megabytes). `data` is our own news, small and trusted.
    """

    id = models.BigAutoField(primary_key=True)
    type = models.TextField(help_text="order.placed, stripe.payment_intent.succeeded ...")
    source = models.TextField(default="tradewind", help_text="tradewind, stripe, shopify ...")
    external_key = models.TextField(null=True, blank=True, help_text="The sender's own event id")
    subject = models.TextField(blank=True, help_text="What it is about; kept in order per subject")
    data = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    actor_id = models.UUIDField(null=True, blank=True, help_text="The user who caused it")
    request_id = models.TextField(blank=True)
    cause_id = models.BigIntegerField(null=True, blank=True, help_text="The event it follows from")
    duplicates = models.PositiveIntegerField(default=0, db_default=0)
    occurred_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], name="core_event_arrives_once"
            )
        ]
        indexes = [
            models.Index(fields=["type", "-id"], name="core_event_type"),
            models.Index(fields=["subject", "id"], name="core_event_subject"),
            models.Index(fields=["-created_at"], name="core_event_created"),
            # the rhythm of a sender, read from the index alone
            models.Index(
                fields=["source", "created_at"],
                name="core_event_arrivals",
                condition=~Q(source="tradewind"),
                include=["type", "duplicates"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.pk}"


class Subscription(models.Model):
    """Who wants to hear what; kept in step with the code after each migrate."""

    id = models.BigAutoField(primary_key=True)
    event_type = models.TextField()
    subscriber = models.TextField(help_text="Dotted name of the function that reacts")
    queue = models.TextField(choices=Queue.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_type", "subscriber"], name="core_subscription_once"
            ),
            choice_is_known("queue", Queue, table="core_subscription"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} hears {self.event_type}"


class Delivery(models.Model):
    """One (event, subscriber) pair: its state, attempts, lease, duration and last error.

    `lease_token` grows with each claim and is the fence: a worker whose lease passed to another
    holds an old token and cannot mark anything. All times are the database's clock.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.TextField()
    queue = models.TextField(choices=Queue.choices)
    subject = models.TextField(blank=True)
    state = models.TextField(
        choices=DeliveryState.choices,
        default=DeliveryState.READY,
        db_default=DeliveryState.READY,
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lost_leases = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_token = models.BigIntegerField(default=0, db_default=0)
    worker = models.TextField(blank=True, db_default="")
    due_at = models.DateTimeField(
        db_default=Now(), help_text="Ready: not before. Leased: the lease ends."
    )
    last_error = models.TextField(blank=True, db_default="")
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        permissions = [("replay_delivery", "Can send deliveries back to work")]
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="core_delivery_once"),
            choice_is_known("state", DeliveryState, table="core_delivery"),
            choice_is_known("queue", Queue, table="core_delivery"),
        ]
        indexes = [
            # the claim: what is due in a queue, oldest first
            models.Index(
                fields=["queue", "due_at", "id"],
                name="core_delivery_due",
                condition=Q(state__in=OPEN_STATES),
            ),
            # order per subject: is an earlier one still open?
            models.Index(
                fields=["subscriber", "subject", "id"],
                name="core_delivery_order",
                condition=Q(state__in=OPEN_STATES) & ~Q(subject=""),
            ),
            # the staff queue of dead letters
            models.Index(
                fields=["-finished_at"],
                name="core_delivery_dead",
                condition=Q(state=DeliveryState.DEAD),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} ← event {self.event_id}"
