"""What a payee can be paid now, what waits, and what is on its way."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from core.money import Money
from payments.enums import PayoutState
from payments.models import Due, Payee, Payout
from payments.services.books.balances import balances
from payments.services.sharing.payables import account_of

NOT_SENT = [PayoutState.DRAFT, PayoutState.APPROVED]


@dataclass(slots=True)
class Owed:
    """What a payee is owed in one currency, by what becomes of it next. In minor units.

    `payable` can be drafted now, `waiting` later (held or disputed), `drafted` is in payouts that
    were not sent yet. Together they are the balance in the books.
    """

    currency: str
    payable: int = 0
    waiting: int = 0
    drafted: int = 0
    dues: list[int] = field(default_factory=list)  # ids of the lines that are payable

    def money(self, minor: int) -> Money:
        """An amount of it."""
        return Money(minor, self.currency)


def owed_to(payee_id: UUID, *, at: datetime | None = None) -> dict[str, Owed]:
    """By currency. The lines of one sale stand or wait together.

    What was taken back after it had been paid out never waits: it lowers what is payable.
    """
    moment = at or timezone.now()
    found: dict[str, Owed] = {}
    lines = (
        Due.objects.filter(payee_id=payee_id)
        .exclude(payout_items__released=False)
        .values_list("currency", "sale_id", "id", "amount_minor", "available_at", "sale__frozen_at")
    )
    by_sale: dict[tuple[str, UUID], list[tuple[int, int, bool]]] = defaultdict(list)
    for currency, sale_id, due_id, minor, available_at, frozen_at in lines:
        waits = frozen_at is not None or available_at > moment
        by_sale[currency, sale_id].append((due_id, minor, waits))
    for (currency, _), some in by_sale.items():
        owed = found.setdefault(currency, Owed(currency))
        total = sum(minor for _, minor, _ in some)
        if total >= 0 and any(waits for _, _, waits in some):
            owed.waiting += total
        else:
            owed.payable += total
            owed.dues += [due_id for due_id, _, _ in some]
    drafted = Payout.objects.filter(payee_id=payee_id, state__in=NOT_SENT).values("currency")
    for row in drafted.annotate(sum=Sum("amount_minor")).order_by("currency"):
        found.setdefault(row["currency"], Owed(row["currency"])).drafted = int(row["sum"])
    return found


def owed_in_books(payee: Payee, currency: str) -> Money:
    """The balance of their account; less than nothing when they owe us."""
    for balance in balances(codes=[account_of(payee).code]):
        if balance.amount.currency == currency:
            return -balance.amount
    return Money.zero(currency)
