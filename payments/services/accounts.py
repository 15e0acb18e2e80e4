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

    def row(self) -> LedgerAccount:
        """The row, made at the first booking; two at once make one."""
        found = LedgerAccount.objects.filter(code=self.code).first()
        if found is None:
            LedgerAccount.objects.bulk_create(
                [LedgerAccount(code=self.code, name=self.name, kind=self.kind)],
                ignore_conflicts=True,
            )
            found = LedgerAccount.objects.get(code=self.code)
        return found


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
SALES = Account("sales", "Sales without an order", AccountKind.INCOME)


def earned_by(purpose: str) -> Account:
    """The other side of a payment: a sale when nothing else stands behind it."""
    return SALES if purpose == "direct" else owed_for(purpose)
