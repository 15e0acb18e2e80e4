"""How payments went over some days, straight from the record and through the reader's row rights.

Every question is bounded by the days asked about, and an index by day answers it: a year is not
read for a week's figures. Keys carry a time too, but that of the writing: rows that were brought in
from elsewhere are older than their keys.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from core.enums import DeliveryState
from core.models import Delivery
from core.money import Money
from payments.enums import DisputeState, GatewayName, PaymentStatus, RefundState
from payments.models import Difference, DifferenceState, Dispute, Payment, Refund

MOST_REASONS = 10
WAITING_REFUNDS = [RefundState.REQUESTED, RefundState.NEEDS_ATTENTION]

PER_DAY = """
SELECT gateway, (created_at AT TIME ZONE 'UTC')::date AS day,
       count(*) FILTER (WHERE paid_at IS NOT NULL) AS paid,
       count(*) FILTER (WHERE paid_at IS NULL AND status IN ('failed', 'cancelled')) AS lost
FROM payments_payment
WHERE created_at >= %(since)s
GROUP BY 1, 2
"""
PER_CURRENCY = """
SELECT currency, count(*), sum(captured_minor)::bigint, sum(refunded_minor)::bigint
FROM payments_payment
WHERE created_at >= %(since)s AND captured_minor > 0
GROUP BY currency ORDER BY 2 DESC, 1
"""
REASONS = """
SELECT coalesce(nullif(event.details ->> 'reason', ''), event.type), count(*)
FROM payments_paymentattempt attempt
JOIN payments_paymentevent event ON event.attempt_id = attempt.id
WHERE attempt.created_at >= %(since)s
  AND event.type IN ('declined', 'failed', 'refused', 'expired')
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
TIME_TO_PAID = """
SELECT gateway, avg(paid_at - created_at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY paid_at - created_at)
FROM payments_payment
WHERE created_at >= %(since)s AND paid_at >= created_at
GROUP BY gateway
"""


@dataclass(frozen=True, slots=True)
class GatewayDay:
    """Payments begun on one day (UTC) at one gateway that came to an end by now."""

    paid: int = 0
    lost: int = 0

    @property
    def success_percent(self) -> float | None:
        """Of those that came to an end; None where none did."""
        ended = self.paid + self.lost
        return 100.0 * self.paid / ended if ended else None


@dataclass(frozen=True, slots=True)
class Volume:
    """What came in and went back in one currency."""

    payments: int
    captured: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class ToPaid:
    """How long payers of one gateway take."""

    average: timedelta
    median: timedelta


class Period:
    """Some days up to today."""

    def __init__(self, *, last: int, today: date | None = None) -> None:
        self.today = today or datetime.now(UTC).date()
        self.days = [self.today - timedelta(days=ago) for ago in reversed(range(last))]
        self.since = datetime.combine(self.days[0], datetime.min.time(), UTC)

    def per_day(self) -> dict[str, list[GatewayDay]]:
        """Per gateway that had any, a figure for each day."""
        found = {
            (gateway, day): GatewayDay(paid, lost)
            for gateway, day, paid, lost in self._ask(PER_DAY)
        }
        used = {gateway for gateway, _ in found}
        return {
            name: [found.get((name, day), GatewayDay()) for day in self.days]
            for name in GatewayName.values
            if name in used
        }

    def volumes(self) -> list[Volume]:
        """The currency of most payments first; currencies are never added up."""
        return [
            Volume(count, Money(captured, currency), Money(refunded, currency))
            for currency, count, captured, refunded in self._ask(PER_CURRENCY)
        ]

    def reasons(self) -> list[tuple[str, int]]:
        """Why tries did not bring money, the most frequent first."""
        return [(reason, count) for reason, count in self._ask(REASONS)]

    def time_to_paid(self) -> dict[str, ToPaid]:
        """Per gateway."""
        return {
            gateway: ToPaid(average, median) for gateway, average, median in self._ask(TIME_TO_PAID)
        }

    def refunds(self) -> list[tuple[int, Money]]:
        """How many were given back, and how much, per currency."""
        rows = (
            Refund.objects.filter(is_booked=True, created_at__gte=self.since)
            .values("currency")
            .annotate(number=Count("pk"), total=Sum("amount_minor"))
            .order_by("-number", "currency")
        )
        return [(row["number"], Money(int(row["total"]), row["currency"])) for row in rows]

    def disputes(self) -> list[tuple[int, Money]]:
        """How many were opened, and over how much, per currency."""
        rows = (
            Dispute.objects.filter(opened_at__gte=self.since)
            .values("currency")
            .annotate(number=Count("pk"), total=Sum("amount_minor"))
            .order_by("-number", "currency")
        )
        return [(row["number"], Money(int(row["total"]), row["currency"])) for row in rows]

    def _ask(self, sql: str) -> list[tuple]:
        known: dict[str, Any] = {
            "since": self.since,
            "most": MOST_REASONS,
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, known)
            return list(cursor.fetchall())


def held_payments() -> int:
    """Payments whose money fits nothing and waits for a decision."""
    return Payment.objects.filter(status=PaymentStatus.HELD).count()


def waiting_refunds() -> int:
    """Refunds that a person must approve or look at."""
    return Refund.objects.filter(state__in=WAITING_REFUNDS).count()


def disputes_to_answer() -> int:
    """Disputes that the gateway waits for our answer to."""
    return Dispute.objects.filter(state=DisputeState.NEEDS_RESPONSE).count()


def open_differences() -> int:
    """Differences between our book and the gateways' that nobody has explained."""
    return Difference.objects.filter(state=DifferenceState.OPEN).count()


def dead_deliveries() -> int:
    """Events of gateways, and our reactions, that gave up."""
    return Delivery.objects.filter(state=DeliveryState.DEAD).count()
