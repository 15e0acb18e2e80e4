"""An order's whole story, from every table that knows a part of it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from commerce.admin.labels import ORDER_LABELS
from commerce.enums import OrderStatus
from commerce.models import Order
from core.admin.labels import DELIVERY_LABELS
from core.enums import DeliveryState
from core.identity import current_identity
from core.models import Delivery, Event
from notifications.models import Notification
from payments.models import Payment
from payments.selectors import READS_THE_LOG, Line
from payments.selectors import timeline as payment_timeline

MOST_LINES = 200  # per table; an order has a dozen


def timeline(order: Order) -> list[Line]:
    """Oldest first, as far as the caller may read: agents do not see the machinery."""
    lines = list(_steps(order))
    payment = Payment.objects.filter(pk=order.payment_id).first() if order.payment_id else None
    if payment is not None:
        lines += payment_timeline(payment)
    if current_identity().role in READS_THE_LOG:
        lines += [*_log(order), *_messages(order)]
    return sorted(lines, key=lambda line: line.at)


def _steps(order: Order) -> Iterator[Line]:
    steps = list(order.status_changes.all()[:MOST_LINES])
    people = User.objects.in_bulk({step.actor_id for step in steps if step.actor_id})
    for step in steps:
        person = people.get(step.actor_id) if step.actor_id else None
        by = str(person or step.role.removeprefix("tw_"))
        yield Line(
            at=step.at,
            what=step.get_status_display(),
            title="Placed"
            if not step.previous
            else f"{step.get_previous_display()} → {step.get_status_display()}",
            detail=f"{step.reason} (by {by})" if step.reason else f"by {by}",
            label=ORDER_LABELS[OrderStatus(step.status)],
        )


def _log(order: Order) -> Iterator[Line]:
    found = list(
        Event.objects.filter(subject=f"order:{order.pk}")
        .defer("body", "data")
        .order_by("id")[:MOST_LINES]
    )
    for event in found:
        yield Line(
            at=event.occurred_at,
            what="News",
            title=event.type,
            label="info",
            link=reverse("admin:core_event_change", args=[event.pk]),
        )
    for delivery in Delivery.objects.filter(event__in=found)[:MOST_LINES]:
        last = delivery.last_error.strip().splitlines()[-1:] or [""]
        state = delivery.get_state_display()
        tried = f", tried {delivery.attempts} times" if delivery.attempts > 1 else ""
        yield Line(
            at=delivery.finished_at or delivery.created_at,
            what="Reaction",
            title=delivery.subscriber,
            detail=f"{state}{tried}. {last[0]}".strip(),
            label=DELIVERY_LABELS[DeliveryState(delivery.state)],
            link=reverse("admin:core_delivery_change", args=[delivery.pk]),
        )


def _messages(order: Order) -> Iterator[Line]:
    """Those that speak of the order by their dedupe key (subscribers.py)."""
    steps = Event.objects.filter(
        subject=f"order:{order.pk}", type="order.status_changed"
    ).values_list("pk", flat=True)[:MOST_LINES]
    about: Any = Notification.objects.filter(
        Q(dedupe_key=f"order_placed:{order.pk}")
        | Q(dedupe_key__startswith=f"vendor_new_order:{order.pk}:")
        | Q(dedupe_key__in=[f"order_status_changed:{pk}" for pk in steps])
    )
    for notification in about.prefetch_related("deliveries"):
        ways = [
            f"{d.get_channel_display()}: {d.get_state_display()}"
            for d in notification.deliveries.all()
        ]
        yield Line(
            at=notification.created_at,
            what="Message",
            title=notification.kind,
            detail=", ".join(ways),
            label="info",
            link=reverse("admin:notifications_notification_change", args=[notification.pk]),
        )
