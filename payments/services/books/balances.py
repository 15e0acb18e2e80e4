"""What the books say, now or at any time before."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from core.money import Money
from payments.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Balance:
    """One account in one currency: debit positive, credit negative."""

    code: str
    name: str
    kind: str
    amount: Money


def balances(*, codes: list[str] | None = None, at: datetime | None = None) -> list[Balance]:
    """Balances of all accounts (or `codes`), in the caller's transaction and with his rights.

    `at`: as they were at that moment, with everything booked until then.
    """
    entries = _until(at)
    if codes is not None:
        entries = entries.filter(account__code__in=codes)
    rows = (
        entries.values("account__code", "account__name", "account__kind", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by("account__code", "currency")
    )
    return [
        Balance(
            row["account__code"],
            row["account__name"],
            row["account__kind"],
            Money(int(row["total"]), row["currency"]),
        )
        for row in rows
    ]


def trial_balance(*, at: datetime | None = None) -> dict[str, int]:
    """The sum of all entries per currency. Anything but zero is impossible, and shown."""
    rows = _until(at).values("currency").annotate(total=Sum("amount_minor"))
    return {row["currency"]: int(row["total"]) for row in rows.order_by("currency")}


def _until(at: datetime | None) -> QuerySet[LedgerEntry]:
    booked = Q() if at is None else Q(transaction__created_at__lte=at)
    return LedgerEntry.objects.filter(booked)
