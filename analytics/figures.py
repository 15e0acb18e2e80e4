"""The dashboard's figures, straight from the record and through the reader's own row rights."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Avg, Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order
from core.enums import DeliveryState
from core.models import Delivery
from core.money import Money

PAID = [PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED]


@dataclass(frozen=True, slots=True)
class Day:
    """Orders of one day (UTC), and per currency what was paid of them and how many were."""

    day: date
    orders: int
    revenue: dict[str, Money]
    paid: dict[str, int]


@dataclass(frozen=True, slots=True)
class Reactions:
    """How one subscriber did over the last 24 hours."""

    subscriber: str
    calls: int
    dead: int
    retrying: int
    average_ms: float | None

    @property
    def success_percent(self) -> float:
        """Of the calls that came to an end."""
        ended = self.calls - self.retrying
        return 100.0 if not ended else 100.0 * (ended - self.dead) / ended


def days(*, last: int) -> list[Day]:
    """The last days up to today, oldest first, empty ones included. One query.

    Cancelled orders do not count. Currencies are never added up.
    """
    today = timezone.now().astimezone(UTC).date()
    first = today - timedelta(days=last - 1)
    rows = (
        Order.objects.filter(placed_at__gte=datetime.combine(first, datetime.min.time(), UTC))
        .exclude(status=OrderStatus.CANCELLED)
        .annotate(day=TruncDate("placed_at", tzinfo=UTC))
        .values("day", "currency")
        .annotate(
            count=Count("pk"),
            paid=Count("pk", filter=Q(payment_status__in=PAID)),
            came_in=Sum("total_minor", filter=Q(payment_status__in=PAID), default=0),
        )
        .order_by()
    )
    orders: dict[date, int] = defaultdict(int)
    revenue: dict[date, dict[str, Money]] = defaultdict(dict)
    paid: dict[date, dict[str, int]] = defaultdict(dict)
    for row in rows:
        day, currency = row["day"], row["currency"]
        orders[day] += row["count"]
        paid[day][currency] = row["paid"]
        revenue[day][currency] = Money(int(row["came_in"]), currency)
    every = [first + timedelta(days=offset) for offset in range(last)]
    return [Day(day, orders[day], revenue[day], paid[day]) for day in every]


def total_revenue(of: list[Day]) -> list[Money]:
    """What came in over these days, per currency; that of the most paid orders first.

    Amounts of two currencies cannot be compared, numbers of orders can.
    """
    totals: dict[str, Money] = {}
    paid: dict[str, int] = defaultdict(int)
    for day in of:
        for currency, amount in day.revenue.items():
            totals[currency] = totals.get(currency, Money.zero(currency)) + amount
            paid[currency] += day.paid[currency]
    earned = [money for money in totals.values() if paid[money.currency]]
    return sorted(earned, key=lambda money: (-paid[money.currency], money.currency))


def unpaid_older_than(hours: int) -> int:
    """Open orders nobody paid: the ones a person asks about."""
    return Order.objects.filter(
        status=OrderStatus.PENDING,
        payment_status=PaymentStatus.UNPAID,
        placed_at__lt=timezone.now() - timedelta(hours=hours),
    ).count()


def dead_letters() -> int:
    """Reactions that gave up and wait for a person."""
    return Delivery.objects.filter(state=DeliveryState.DEAD).count()


def reactions_of_a_day() -> list[Reactions]:
    """Per subscriber over the last 24 hours, the busiest first."""
    rows = (
        Delivery.objects.filter(created_at__gte=timezone.now() - timedelta(hours=24))
        .values("subscriber")
        .annotate(
            calls=Count("pk"),
            dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
            retrying=Count("pk", filter=Q(state__in=[DeliveryState.READY, DeliveryState.LEASED])),
            average=Avg("duration_ms"),
        )
        .order_by("-calls")
    )
    return [
        Reactions(r["subscriber"], r["calls"], r["dead"], r["retrying"], r["average"]) for r in rows
    ]
