"""The chart of accounts, as far as payments know it. Rows are made when first booked to."""

from dataclasses import dataclass
from uuid import UUID

from payments.enums import AccountKind, PayeeKind
from payments.models import LedgerAccount


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its code, known before its row exists. Its owner, if any, may read it."""

    code: str
    name: str
    kind: AccountKind
    owner_id: UUID | None = None

    def new_row(self) -> LedgerAccount:
        """The row to be."""
        return LedgerAccount(code=self.code, name=self.name, kind=self.kind, owner_id=self.owner_id)


def at_gateway(gateway: str) -> Account:
    """What a gateway holds for us until it pays out."""
    return Account(f"gateway:{gateway}", f"Held by {gateway}", AccountKind.ASSET)


def fees_of(gateway: str) -> Account:
    """What a gateway keeps for its work."""
    return Account(f"fees:{gateway}", f"Fees of {gateway}", AccountKind.EXPENSE)


def disputes_of(gateway: str) -> Account:
    """What a gateway has taken for disputes that are not decided: ours until they are lost."""
    return Account(f"disputes:{gateway}", f"Disputed, taken by {gateway}", AccountKind.ASSET)


def dispute_fees_of(gateway: str) -> Account:
    """What a gateway charges for disputes."""
    return Account(f"dispute_fees:{gateway}", f"Dispute fees of {gateway}", AccountKind.EXPENSE)


def owed_for(purpose: str) -> Account:
    """What payers owe us for a purpose; what they owe for an order is told apart from the rest."""
    return Account(f"receivable:{purpose}", f"Owed for: {purpose}", AccountKind.ASSET)


def payable_to(kind: str, payee_id: UUID, name: str) -> Account:
    """What we owe a vendor, or somebody who brought others."""
    return Account(
        f"payable:{PayeeKind(kind).value}:{payee_id}",
        f"Owed to {name}",
        AccountKind.LIABILITY,
        payee_id,
    )


SUBSCRIPTIONS = Account("revenue:subscriptions", "Subscriptions", AccountKind.INCOME)
OVERPAID = Account("overpaid", "Paid too much, owed back", AccountKind.LIABILITY)
DISPUTE_LOSSES = Account("dispute_losses", "Lost in disputes", AccountKind.EXPENSE)
FX = Account("fx", "Currency exchange", AccountKind.EXPENSE)
SALES = Account("sales", "Sales without an order", AccountKind.INCOME)
SHOP_COMMISSION = Account("revenue:commission", "Our commission on sales", AccountKind.INCOME)
SHIPPING = Account("shipping", "Shipping charged to buyers", AccountKind.INCOME)
TAX = Account("tax", "Tax collected, owed to the state", AccountKind.LIABILITY)
REFERRAL_COST = Account("referral_cost", "Paid for referrals", AccountKind.EXPENSE)
IN_TRANSIT = Account("payouts_in_transit", "Sent to the bank, not paid yet", AccountKind.LIABILITY)
BANK = Account("bank", "Our account at the bank", AccountKind.ASSET)


def earned_by(purpose: str) -> Account:
    """The other side of a payment: a sale when nothing else stands behind it."""
    return SALES if purpose == "direct" else owed_for(purpose)
