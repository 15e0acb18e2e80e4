"""The trial balance of any day: debits and credits of each currency, and that they are the same."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_date

from core.admin.page import admin_page
from core.money import Money
from payments.services.books.balances import Balance, balances


@dataclass(slots=True)
class Sheet:
    """One currency's columns."""

    currency: str
    lines: list[tuple[Balance, str, str]] = field(default_factory=list)
    debit: int = 0
    credit: int = 0

    def add(self, balance: Balance) -> None:
        """A balance in its column."""
        minor = balance.amount.minor
        self.debit += max(minor, 0)
        self.credit += max(-minor, 0)
        text = f"{abs(balance.amount.decimal):,f}"
        self.lines.append((balance, text if minor > 0 else "", text if minor < 0 else ""))

    @property
    def total_debit(self) -> str:
        """The foot of the left column."""
        return f"{Money(self.debit, self.currency).decimal:,f}"

    @property
    def total_credit(self) -> str:
        """The foot of the right column."""
        return f"{Money(self.credit, self.currency).decimal:,f}"

    @property
    def off_by(self) -> Money:
        """Nothing, or the books are broken."""
        return Money(self.debit - self.credit, self.currency)


@admin_page(
    title="Trial balance",
    template="payments/admin/trial_balance_page.html",
    permission="payments.view_ledgeraccount",
)
def trial_balance_page(request: HttpRequest) -> dict[str, Any]:
    """At the end of the chosen day (UTC); today: now."""
    today = datetime.now(UTC).date()
    day = _day(request.GET.get("day", "")) or today
    sheets: dict[str, Sheet] = {}
    for balance in balances(at=_end_of(day) if day < today else None):
        if balance.amount:
            currency = balance.amount.currency
            sheets.setdefault(currency, Sheet(currency)).add(balance)
    return {"sheets": list(sheets.values()), "day": day, "today": today}


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, UTC) - timedelta(microseconds=1)
