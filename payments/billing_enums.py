"""Words of subscriptions."""

from django.db import models


class Interval(models.TextChoices):
    """How long one period of a price is."""

    MONTH = "month", "Month"
    YEAR = "year", "Year"

    @property
    def months(self) -> int:
        """In months, as gateways count."""
        return 12 if self is Interval.YEAR else 1


class PlanState(models.TextChoices):
    """Whether a plan may be subscribed to."""

    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    RETIRED = "retired", "Retired"  # those who have it keep it


class SubscriptionState(models.TextChoices):
    """How a subscription stands. The same words as gateways.billing.SubscriptionSeen."""

    INCOMPLETE = "incomplete", "Not paid yet"
    EXPIRED = "expired", "Never paid"
    TRIALING = "trialing", "Trial"
    ACTIVE = "active", "Active"
    PAST_DUE = "past_due", "Past due"
    UNPAID = "unpaid", "Unpaid"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"


LIVE_SUBSCRIPTIONS = [
    SubscriptionState.TRIALING,
    SubscriptionState.ACTIVE,
    SubscriptionState.PAST_DUE,
    SubscriptionState.UNPAID,
    SubscriptionState.PAUSED,
]
ENDED_SUBSCRIPTIONS = [SubscriptionState.EXPIRED, SubscriptionState.CANCELLED]


class InvoiceState(models.TextChoices):
    """How an invoice stands. The same words as gateways.billing.InvoiceSeen."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    UNCOLLECTIBLE = "uncollectible", "Given up"
    VOID = "void", "Void"
    PAID = "paid", "Paid"


# Only a higher rank wins: an invoice that was given up may still be paid, a paid one stays paid.
INVOICE_RANK: dict[InvoiceState, int] = {state: rank for rank, state in enumerate(InvoiceState)}
