"""An order's whole story, from every table that knows a part of it."""

from collections.abc import Iterator

from django.db.models import Q

from accounts.models import User
from commerce.admin.labels import ORDER_LABELS
from commerce.enums import OrderStatus
from commerce.models import Order
from core.admin.story import MOST_LINES, Line, log_lines, reads_the_log
from core.models import Event
from notifications.story import message_lines
from payments.models import Payment
from payments.selectors import timeline as payment_timeline


def timeline(order: Order) -> list[Line]:
    """Oldest first, as far as the caller may read: agents do not see the machinery."""
    lines = list(_steps(order))
    payment = Payment.objects.filter(pk=order.payment_id).first() if order.payment_id else None
    if payment is not None:
        lines += payment_timeline(payment)
    if reads_the_log():
        lines += [*log_lines([f"order:{order.pk}"]), *_messages(order)]
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


def _messages(order: Order) -> Iterator[Line]:
    """Those that speak of the order by their dedupe key (subscribers.py)."""
    steps = Event.objects.filter(
        subject=f"order:{order.pk}",
        type__in=("order.status_changed", "order.part_status_changed"),
    ).values_list("pk", flat=True)[:MOST_LINES]
    parts = order.parts.values_list("pk", flat=True)[:MOST_LINES]
    keys = [
        f"{word}:{pk}"
        for pk in steps
        for word in ("order_step", "order_part", "order_status_changed")
    ]
    keys += [f"vendor_order_cancelled:{pk}" for pk in parts]
    return message_lines(
        Q(dedupe_key=f"order_placed:{order.pk}")
        | Q(dedupe_key__startswith=f"vendor_new_order:{order.pk}:")
        | Q(dedupe_key__in=keys)
    )
