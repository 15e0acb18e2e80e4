"""What we owe vendors and referrers: who they are, and each line of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from core.money import Money
from payments.enums import PayeeKind
from payments.models import Due, Payee, Sale
from payments.services.books.accounts import Account, payable_to

KNOW = """
INSERT INTO payments_payee (id, kind, name, created_at, updated_at)
VALUES (%s, %s, %s, now(), now())
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, updated_at = now()
WHERE payments_payee.name <> EXCLUDED.name
"""


@dataclass(frozen=True, slots=True)
class Creditor:
    """A payee as the caller knows them: `id` is the vendor's, or the user's who referred."""

    kind: PayeeKind
    id: UUID
    name: str

    @property
    def account(self) -> Account:
        """Where the books say what they are owed."""
        return payable_to(self.kind, self.id, self.name)


def know(creditors: Iterable[Creditor]) -> None:
    """Rows for payees, under the names they have today. In one order, so that nobody deadlocks."""
    with connection.cursor() as cursor:
        for one in sorted(creditors, key=lambda one: one.id):
            cursor.execute(KNOW, [one.id, one.kind, one.name[:200]])


def account_of(payee: Payee) -> Account:
    """The account of a known payee."""
    return payable_to(payee.kind, payee.pk, payee.name)


def owe(*, payee_id: UUID, sale: Sale, cause: str, amount: Money, available_at: datetime) -> Due:
    """A line of what is owed. Its entry in the books is the caller's, in the same transaction."""
    return Due.objects.create(
        payee_id=payee_id,
        sale=sale,
        cause=cause,
        currency=amount.currency,
        amount_minor=amount.minor,
        available_at=available_at,
    )


def owe_less(*, payee_id: UUID, sale: Sale, cause: str, amount: Money) -> Due:
    """A line that takes back (or, below nothing, gives again what was taken back); it waits as
    long as the line it takes from."""
    first = Due.objects.filter(payee_id=payee_id, sale=sale, amount_minor__gt=0).earliest("id")
    return owe(
        payee_id=payee_id,
        sale=sale,
        cause=cause,
        amount=-amount,
        available_at=first.available_at,
    )
