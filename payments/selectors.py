"""A payment's whole story, from every table that knows a part of it, each line with its cause."""

import re
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from core.admin.story import MOST_LINES, Line, in_words, log_lines, reads_the_log
from notifications.story import message_lines
from payments.models import (
    Dispute,
    LedgerTransaction,
    Payment,
    PaymentAttempt,
    PaymentEvent,
    Refund,
)
from payments.services.history import amount_of

TOLD_BY_EVENT = re.compile(r"event (\d+)")
OF_A_REFUND = re.compile(r"refund(?:_\w+)?:([0-9a-f-]{36})")
OF_A_DISPUTE = re.compile(r"dispute:(.+):\w+:\d+")

# what was seen, in words, and its colour
SEEN = {
    "submitted": ("Page opened", "default"),
    "captured": ("Paid", "success"),
    "held": ("Held for review", "danger"),
    "mismatch": ("Something does not fit", "danger"),
    "failed": ("Failed", "danger"),
    "refused": ("Refused by the gateway", "danger"),
    "abandoned": ("Try given up", "default"),
    "declined": ("Declined by the bank", "warning"),
    "closed": ("Closed", "default"),
    "accepted": ("Review: accepted what came", "success"),
    "given_back": ("Review: given back", "warning"),
    "review_closed": ("Review: closed", "default"),
    "refund_requested": ("Refund asked for", "info"),
    "refund_rejected": ("Refund rejected", "default"),
    "refunded": ("Given back", "info"),
    "refund_arrived": ("Given back, arrived", "info"),
    "refund_failed": ("Refund failed", "danger"),
    "refund_needs_attention": ("Refund needs attention", "danger"),
    "disputed": ("Disputed", "danger"),
    "dispute_won": ("Dispute won", "success"),
    "dispute_lost": ("Dispute lost", "danger"),
    "dispute_closed": ("Dispute closed", "default"),
}


def timeline(payment: Payment) -> list[Line]:
    """Oldest first, as far as the caller may read: agents do not see the machinery."""
    attempts = list(payment.attempts.all())
    lines = list(_seen(payment, attempts))
    if reads_the_log():
        lines += log_lines(subjects_of(payment, attempts))
        lines += [*_books(payment), *_messages(payment)]
    return sorted(lines, key=lambda line: line.at)


def subjects_of(payment: Payment, attempts: list[PaymentAttempt]) -> list[str]:
    """Under which subjects the event log speaks of it: our news, and what the gateway sent."""
    refs = {payment.reference}
    for attempt in attempts:
        refs |= {ref for ref in (attempt.gateway_ref, attempt.gateway_payment_ref) if ref}
    return [f"payment:{payment.pk}", *(f"{payment.gateway}:{ref}" for ref in sorted(refs))]


def _seen(payment: Payment, attempts: list[PaymentAttempt]) -> Iterator[Line]:
    disputes = dict(Dispute.objects.filter(payment=payment).values_list("gateway_ref", "pk"))
    for event in PaymentEvent.objects.filter(attempt__in=attempts)[:MOST_LINES]:
        title, label = SEEN.get(event.type, (in_words(event.type), "default"))
        said = ", ".join(f"{name}: {value}" for name, value in event.details.items() if value)
        yield Line(
            at=event.created_at,
            what="Payment",
            title=f"{title} {amount_of(event) or ''}".strip(),
            detail=f"{said} (by {event.source})" if said else f"by {event.source}",
            label=label,
            link=_cause(event, disputes),
        )


def _cause(event: PaymentEvent, disputes: dict[str, UUID]) -> str:
    """The refund or dispute it is about, else the event that told it."""
    if refund := OF_A_REFUND.match(event.dedupe_key):
        return reverse("admin:payments_refund_change", args=[refund[1]])
    if (dispute := OF_A_DISPUTE.match(event.dedupe_key)) and dispute[1] in disputes:
        return reverse("admin:payments_dispute_change", args=[disputes[dispute[1]]])
    if (told := TOLD_BY_EVENT.match(event.source)) and reads_the_log():
        return reverse("admin:core_event_change", args=[told[1]])
    return ""


def _books(payment: Payment) -> Iterator[Line]:
    booked = LedgerTransaction.objects.filter(payment_id=payment.pk)
    for transaction in booked.prefetch_related("entries__account").order_by("id")[:MOST_LINES]:
        entries = [f"{entry.account} {entry.amount}" for entry in transaction.entries.all()]
        yield Line(
            at=transaction.created_at,
            what="Books",
            title=transaction.description or in_words(transaction.kind),
            detail="; ".join(entries),
            label="success",
            link=reverse("admin:payments_ledgertransaction_change", args=[transaction.pk]),
        )


def _messages(payment: Payment) -> Iterator[Line]:
    """Those that speak of it by their dedupe key (subscribers/)."""
    refunds = Refund.objects.filter(payment=payment).values_list("pk", flat=True)[:MOST_LINES]
    disputes = Dispute.objects.filter(payment=payment).values_list("pk", flat=True)[:MOST_LINES]
    keys = [
        f"thanks:{payment.pk}",
        *(f"refunded:{pk}" for pk in refunds),
        *(f"dispute_opened:{pk}" for pk in disputes),
    ]
    return message_lines(Q(dedupe_key__in=keys))
