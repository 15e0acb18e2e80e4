"""Telling people: written in the caller's transaction, sent by workers after it commits."""

from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from core.events import publish
from core.identity import acting_as_system
from notifications.enums import Category, Channel, DeliveryState
from notifications.kinds import Kind, kind_named
from notifications.models import Delivery, Device, Notification

CategoryName = Literal["essential", "service", "marketing"]

EMAIL_QUEUED = "notification.email_queued"
PUSH_QUEUED = "notification.push_queued"


@transaction.atomic
def notify(
    *,
    kind: str,
    dedupe_key: str,
    context: dict[str, Any],
    email: str | None = None,
    user_id: UUID | None = None,
    language: str = "en",
    category: CategoryName = "service",
) -> Notification:
    """Tell somebody one fact, once: by e-mail to `email`, by push and in the app to `user_id`.

    `kind` names the templates and declares what `context` may hold (notifications/kinds). A
    second call with the same `dedupe_key` returns the first notification and sends nothing.
    Raises ContextError when the context is not what the kind declares.
    """
    declared = kind_named(kind)
    stored = declared.check(context)
    with acting_as_system("notify"):
        notification, is_new = Notification.objects.get_or_create(
            dedupe_key=dedupe_key,
            defaults={
                "kind": kind,
                "category": Category(category),
                "user_id": user_id,
                "email": (email or "").strip(),
                "language": language or "en",
                "context": stored,
            },
        )
        if is_new:
            for delivery in Delivery.objects.bulk_create(_deliveries(notification, declared)):
                announce(delivery)
    return notification


def announce(delivery: Delivery) -> None:
    """Hand a queued delivery to the workers, in the caller's transaction.

    Each push is a subject of its own: a phone that must wait holds up no other phone.
    """
    if delivery.channel == Channel.EMAIL:
        _publish(EMAIL_QUEUED, f"notification:{delivery.notification_id}", delivery)
    elif delivery.channel == Channel.PUSH:
        _publish(PUSH_QUEUED, f"delivery:{delivery.pk}", delivery)


def _publish(event_type: str, subject: str, delivery: Delivery) -> None:
    publish(
        type=event_type,
        subject=subject,
        data={
            "delivery_id": str(delivery.pk),
            "notification_id": str(delivery.notification_id),
        },
    )


def _deliveries(notification: Notification, kind: Kind) -> list[Delivery]:
    """One row per channel and target; the copy in the app has arrived by being written."""
    found: list[Delivery] = []
    if notification.email and Channel.EMAIL in kind.channels:
        found.append(
            Delivery(notification=notification, channel=Channel.EMAIL, target=notification.email)
        )
    if notification.user_id and Channel.IN_APP in kind.channels:
        found.append(
            Delivery(
                notification=notification,
                channel=Channel.IN_APP,
                target=str(notification.user_id),
                state=DeliveryState.DELIVERED,
            )
        )
    if notification.user_id and Channel.PUSH in kind.channels:
        found += [
            Delivery(
                notification=notification,
                channel=Channel.PUSH,
                target=str(device.pk),
                device=device,
            )
            for device in Device.objects.filter(user_id=notification.user_id, active=True)
        ]
    return found
