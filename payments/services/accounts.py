"""The chart of accounts, as far as payments know it. Rows are made when first booked to."""

from dataclasses import dataclass

from payments.enums import AccountKind
from payments.models import LedgerAccount


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its code, known before its row exists."""

    code: str
    name: str
    kind: AccountKind

    def new_row(self) -> LedgerAccount:
        """The row to be."""
        return LedgerAccount(code=self.code, name=self.name, kind=self.kind)


def at_gateway(gateway: str) -> Account:
    """What a gateway holds for us until it pays out."""
    return Account(f"gateway:{gateway}", f"Held by {gateway}", AccountKind.ASSET)


def fees_of(gateway: str) -> Account:
    """What a gateway keeps for its work."""
    return Account(f"fees:{gateway}", f"Fees of {gateway}", AccountKind.EXPENSE)


def owed_for(purpose: str) -> Account:
    """What payers owe us for a purpose; what they owe for an order is told apart from the rest."""
    return Account(f"receivable:{purpose}", f"Owed for: {purpose}", AccountKind.ASSET)


OVERPAID = Account("overpaid", "Paid twice, owed back", AccountKind.LIABILITY)
SUBSCRIPTIONS = Account("revenue:subscriptions", "Subscriptions", AccountKind.INCOME)
SALES = Account("sales", "Sales without an order", AccountKind.INCOME)


def earned_by(purpose: str) -> Account:
    """The other side of a payment: a sale when nothing else stands behind it."""
    return SALES if purpose == "direct" else owed_for(purpose)
