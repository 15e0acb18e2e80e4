"""Booking: balanced entries, once per (kind, source). The database refuses everything else."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from core.identity import acting_as_system
from core.money import Money
from payments.models import LedgerEntry, LedgerTransaction
from payments.services.accounts import Account

Line = tuple[Account, Money]  # debit positive, credit negative


@transaction.atomic
def post(
    *,
    kind: str,
    source: str,
    entries: Sequence[Line],
    description: str = "",
    payment_id: UUID | None = None,
) -> LedgerTransaction:
    """Book `entries` in the caller's transaction; a second call for the same source books nothing.

    Returns the one transaction of (kind, source). Raises IntegrityError at commit when the
    entries do not sum to zero in each currency.
    """
    with acting_as_system("ledger"):
        LedgerTransaction.objects.bulk_create(
            [
                LedgerTransaction(
                    kind=kind, source=source, description=description, payment_id=payment_id
                )
            ],
            ignore_conflicts=True,  # whoever comes second waits here, then finds the first one's
        )
        booked = LedgerTransaction.objects.prefetch_related("entries").get(kind=kind, source=source)
        if not booked.entries.all():
            LedgerEntry.objects.bulk_create(
                [
                    LedgerEntry(
                        transaction=booked,
                        account=account.row(),
                        amount_minor=amount.minor,
                        currency=amount.currency,
                    )
                    for account, amount in entries
                ]
            )
    return booked


def moved(amount: Money, *, to: Account, out_of: Account) -> list[Line]:
    """Two entries: debit `to`, credit `out_of`."""
    return [(to, amount), (out_of, -amount)]
