"""One judgement per gateway: is it heard as usual, and what waits for a person."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Max, Sum

from core.models import WebhookRefusal
from payments.webhooks.arrivals import LOOKED_BACK, Rhythm, TypeCount, rhythms_of, types_of
from payments.webhooks.order import Disorder, disorder_of
from payments.webhooks.senders import SENDERS, Sender

# A rhythm is known from so many gaps; late is three times what is rarely exceeded, and longer
# than any silence of the week: nights and Sundays are no alarm once one has been seen.
ENOUGH_GAPS = 20
TIMES_P95 = 3
NEVER_LATE_BEFORE = timedelta(minutes=15)

OPEN_DELIVERIES = """
SELECT e.source, count(*) FILTER (WHERE d.state = 'dead'),
       count(*) FILTER (WHERE d.state IN ('ready', 'leased'))
FROM core_delivery d JOIN core_event e ON e.id = d.event_id
WHERE d.state IN ('dead', 'ready', 'leased') AND e.source = ANY (%s)
GROUP BY e.source
"""


@dataclass(frozen=True, slots=True)
class SenderHealth:
    """Everything the page of webhooks shows of one gateway."""

    sender: Sender
    rhythm: Rhythm
    silent_for: timedelta | None
    is_late: bool
    types: list[TypeCount] = field(default_factory=list)
    disorder: Disorder = field(default_factory=lambda: Disorder(0, 0))
    refused: list[tuple[str, int, datetime]] = field(default_factory=list)
    dead: int = 0
    waiting: int = 0

    @property
    def today(self) -> int:
        """Events since midnight, UTC."""
        return sum(one.today for one in self.types)

    @property
    def week(self) -> int:
        """Events of the last seven days."""
        return sum(one.week for one in self.types)

    @property
    def repeated(self) -> int:
        """How often an event of the last seven days came once more."""
        return sum(one.repeated for one in self.types)

    @property
    def repeated_percent(self) -> float:
        """Of all that arrived."""
        arrived = self.week + self.repeated
        return 100.0 * self.repeated / arrived if arrived else 0.0

    @property
    def unknown(self) -> list[TypeCount]:
        """Types nobody here reads; they are kept."""
        return [one for one in self.types if not one.known]

    @property
    def refused_count(self) -> int:
        """Signatures that did not fit in the last seven days."""
        return sum(count for _, count, _ in self.refused)


def is_late(rhythm: Rhythm, *, now: datetime) -> bool:
    """Whether the silence is longer than any that is usual."""
    if rhythm.last_at is None or rhythm.gaps < ENOUGH_GAPS:
        return False
    if rhythm.p95 is None or rhythm.longest is None:
        return False
    usual = max(TIMES_P95 * rhythm.p95, rhythm.longest, NEVER_LATE_BEFORE)
    return now - rhythm.last_at > usual


def late_senders(*, now: datetime | None = None) -> list[SenderHealth]:
    """Gateways we have a key for that are silent for too long. One query; for the health door."""
    return [one for one in _heard(now or datetime.now(UTC)) if one.is_late]


def senders_health(*, now: datetime | None = None) -> list[SenderHealth]:
    """All gateways with everything. Five queries, in the caller's transaction and rights."""
    now = now or datetime.now(UTC)
    names = [sender.name for sender in SENDERS]
    types, disorder = types_of(names, now=now), disorder_of(names)
    refused, open_deliveries = _refused(now), _open_deliveries(names)
    return [
        SenderHealth(
            sender=one.sender,
            rhythm=one.rhythm,
            silent_for=one.silent_for,
            is_late=one.is_late,
            types=types[one.sender.name],
            disorder=disorder[one.sender.name],
            refused=refused.get(one.sender.name, []),
            dead=open_deliveries.get(one.sender.name, (0, 0))[0],
            waiting=open_deliveries.get(one.sender.name, (0, 0))[1],
        )
        for one in _heard(now)
    ]


def _heard(now: datetime) -> list[SenderHealth]:
    rhythms = rhythms_of([sender.name for sender in SENDERS], now=now)
    return [
        SenderHealth(
            sender=sender,
            rhythm=(rhythm := rhythms[sender.name]),
            silent_for=now - rhythm.last_at if rhythm.last_at else None,
            is_late=sender.is_set_up and is_late(rhythm, now=now),
        )
        for sender in SENDERS
    ]


def _refused(now: datetime) -> dict[str, list[tuple[str, int, datetime]]]:
    """Per gateway (reason, how often, last time) of the week."""
    rows = WebhookRefusal.objects.filter(day__gte=(now - LOOKED_BACK).date())
    found: dict[str, list[tuple[str, int, datetime]]] = {}
    for row in (
        rows.values("source", "reason")
        .annotate(number=Sum("count"), last=Max("last_at"))
        .order_by("-number")
    ):
        found.setdefault(row["source"], []).append((row["reason"], row["number"], row["last"]))
    return found


def _open_deliveries(sources: list[str]) -> dict[str, tuple[int, int]]:
    """Per gateway (dead, waiting)."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DELIVERIES, [sources])
        return {source: (dead, waiting) for source, dead, waiting in cursor.fetchall()}
