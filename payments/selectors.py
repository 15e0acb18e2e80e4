"""A payment's whole story, from every table that knows a part of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from core.admin.labels import DELIVERY_LABELS
from core.enums import DeliveryState
from core.identity import Role, current_identity
from core.models import Delivery, Event
from core.money import Money
from notifications.models import Notification
from payments.models import LedgerTransaction, Payment, PaymentAttempt, PaymentEvent

READS_THE_LOG = (Role.ADMIN, Role.MANAGER, Role.READONLY, Role.SYSTEM)
MOST_LINES = 200  # per table; a payment has a dozen

LABELS = {
    "captured": "success",
    "held": "danger",
    "mismatch": "danger",
    "failed": "danger",
    "refused": "danger",
    "declined": "warning",
    "disputed": "danger",
    "refunded": "info",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `what` groups lines: gateway, news, reaction, books, message."""

    at: datetime
    what: str
    title: str
    detail: str = ""
    label: str = "default"
    link: str = ""


def timeline(payment: Payment) -> list[Line]:
    """Oldest first, as far as the caller may read: agents do not see the machinery."""
    attempts = list(payment.attempts.all())
    lines = list(_seen(attempts))
    if current_identity().role in READS_THE_LOG:
        lines += [*_log(payment, attempts), *_books(payment), *_messages(payment)]
    return sorted(lines, key=lambda line: line.at)


def subjects_of(payment: Payment, attempts: list[PaymentAttempt]) -> list[str]:
    """Under which subjects the event log speaks of it: our news, and what the gateway sent."""
    refs = {payment.reference}
    for attempt in attempts:
        refs |= {ref for ref in (attempt.gateway_ref, attempt.gateway_payment_ref) if ref}
    return [f"payment:{payment.pk}", *(f"{payment.gateway}:{ref}" for ref in sorted(refs))]


def _seen(attempts: list[PaymentAttempt]) -> Iterator[Line]:
    for event in PaymentEvent.objects.filter(attempt__in=attempts)[:MOST_LINES]:
        amount = Money(event.amount_minor, event.currency) if event.currency else ""
        said = ", ".join(f"{name}: {value}" for name, value in event.details.items() if value)
        yield Line(
            at=event.created_at,
            what="Payment",
            title=f"{event.type.capitalize()} {amount}".strip(),
            detail=f"{said} (by {event.source})" if said else f"by {event.source}",
            label=LABELS.get(event.type, "default"),
        )


def _log(payment: Payment, attempts: list[PaymentAttempt]) -> Iterator[Line]:
    events = (
        Event.objects.filter(subject__in=subjects_of(payment, attempts))
        .defer("body", "data")
        .order_by("id")[:MOST_LINES]
    )
    found = list(events)
    for event in found:
        again = f"arrived {event.duplicates + 1} times" if event.duplicates else ""
        yield Line(
            at=event.created_at,
            what="News" if event.source == "tradewind" else f"From {event.source}",
            title=event.type,
            detail=again,
            label="info",
            link=reverse("admin:core_event_change", args=[event.pk]),
        )
    for delivery in Delivery.objects.filter(event__in=found)[:MOST_LINES]:
        yield Line(
            at=delivery.finished_at or delivery.created_at,
            what="Reaction",
            title=delivery.subscriber,
            detail=_outcome(delivery),
            label=DELIVERY_LABELS[DeliveryState(delivery.state)],
            link=reverse("admin:core_delivery_change", args=[delivery.pk]),
        )


def _outcome(delivery: Delivery) -> str:
    state = delivery.get_state_display().lower()
    last = delivery.last_error.strip().splitlines()[-1:] or [""]
    tried = f", tried {delivery.attempts} times" if delivery.attempts > 1 else ""
    return f"{state}{tried}. {last[0]}".strip().capitalize()


def _books(payment: Payment) -> Iterator[Line]:
    booked = LedgerTransaction.objects.filter(payment_id=payment.pk)
    for transaction in booked.prefetch_related("entries__account").order_by("id")[:MOST_LINES]:
        entries = [f"{entry.account} {entry.amount}" for entry in transaction.entries.all()]
        yield Line(
            at=transaction.created_at,
            what="Books",
            title=transaction.description or transaction.kind,
            detail="; ".join(entries),
            label="success",
            link=reverse("admin:payments_ledgertransaction_change", args=[transaction.pk]),
        )


def _messages(payment: Payment) -> Iterator[Line]:
    told: Any = Notification.objects.filter(dedupe_key=f"thanks:{payment.pk}")
    for notification in told.prefetch_related("deliveries"):
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
