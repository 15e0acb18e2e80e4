"""What some gateways can do besides: send a refund that found no way to an account of the payer."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where the payer wants the money. Never stored, never logged: its repr leaves the number out.

    `bank_id` is the gateway's own id of the bank (Paystack: its List Banks).
    """

    number: str = field(repr=False)
    bank_id: str

    @property
    def hint(self) -> str:
        """Enough to recognise it by."""
        return f"…{self.number[-4:]}"


@runtime_checkable
class SendsToAccounts(Protocol):
    """An optional ability of a Gateway."""

    def refund_to_account(self, *, refund_ref: str, currency: str, account: BankAccount) -> None:
        """Try a refund that waits for bank details again. How it stands then is asked as ever.

        Raises GatewayError, also for a refund that does not wait.
        """
