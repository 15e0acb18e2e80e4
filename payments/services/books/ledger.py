"""Booking: balanced entries, once per (kind, source). The database refuses everything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from core.money import Money
from payments.enums import AccountKind
from payments.house import as_house
from payments.models import LedgerAccount, LedgerEntry
from payments.services.books.accounts import Account

Line = tuple[Account, Money]  # debit positive, credit negative

# Whoever comes second for a source waits here for the first one, and then writes nothing.
BOOK = """
INSERT INTO payments_ledgertransaction (kind, source, description, payment_id)
VALUES (%s, %s, %s, %s) ON CONFLICT (kind, source) DO NOTHING
RETURNING id, (SELECT count(*) FROM payments_ledgeraccount WHERE code = ANY(%s))
"""
BOOK_MANY = """
INSERT INTO payments_ledgertransaction (kind, source, description, payment_id)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::uuid[])
ON CONFLICT (kind, source) DO NOTHING
RETURNING id, kind, source
"""
ENTER_MANY = """
INSERT INTO payments_ledgerentry (transaction_id, account_id, amount_minor, currency)
SELECT line.booked, account.id, line.minor, line.currency
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[])
     AS line(booked, code, minor, currency)
JOIN payments_ledgeraccount account ON account.code = line.code
"""
ENTER = """
INSERT INTO payments_ledgerentry (transaction_id, account_id, amount_minor, currency)
SELECT %s, account.id, line.minor, line.currency
FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS line(code, minor, currency)
JOIN payments_ledgeraccount account ON account.code = line.code
"""


def post(
    *,
    kind: str,
    source: str,
    entries: Sequence[Line],
    description: str = "",
    payment_id: UUID | None = None,
) -> bool:
    """Book `entries` in the caller's transaction; False when (kind, source) is booked already.

    Raises IntegrityError at commit when the entries do not sum to zero in each currency.
    """
    with as_house("ledger"), transaction.atomic(savepoint=False), connection.cursor() as cursor:
        codes = [account.code for account, _ in entries]
        cursor.execute(BOOK, [kind, source, description, payment_id, codes])
        booked = cursor.fetchone()
        if booked is None:
            return False
        if booked[1] < len(set(codes)):
            _make_accounts({account for account, _ in entries})
        minors = [amount.minor for _, amount in entries]
        currencies = [amount.currency for _, amount in entries]
        cursor.execute(ENTER, [booked[0], codes, minors, currencies])
        return True


@dataclass(frozen=True, slots=True)
class Booking:
    """One happening to be booked with many others."""

    kind: str
    source: str
    entries: Sequence[Line]
    description: str = ""
    payment_id: UUID | None = None


def post_many(bookings: Sequence[Booking]) -> int:
    """Book many happenings in the caller's transaction, in four statements; returns how many
    were not booked before. For imports: a happening of its own goes through `post`.
    """
    with as_house("ledger"), transaction.atomic(savepoint=False), connection.cursor() as cursor:
        _make_accounts({account for one in bookings for account, _ in one.entries})
        cursor.execute(
            BOOK_MANY,
            [
                [one.kind for one in bookings],
                [one.source for one in bookings],
                [one.description for one in bookings],
                [one.payment_id for one in bookings],
            ],
        )
        made = {(kind, source): booked for booked, kind, source in cursor.fetchall()}
        lines = [
            (made[one.kind, one.source], account.code, amount)
            for one in bookings
            if (one.kind, one.source) in made
            for account, amount in one.entries
        ]
        cursor.execute(
            ENTER_MANY,
            [
                [booked for booked, _, _ in lines],
                [code for _, code, _ in lines],
                [amount.minor for _, _, amount in lines],
                [amount.currency for _, _, amount in lines],
            ],
        )
    return len(made)


def moved(amount: Money, *, to: Account, out_of: Account) -> list[Line]:
    """Two entries: debit `to`, credit `out_of`."""
    return [(to, amount), (out_of, -amount)]


def _make_accounts(accounts: set[Account]) -> None:
    """Rows for accounts that are booked to for the first time; two at once make one."""
    codes = {account.code for account in accounts}
    known = LedgerAccount.objects.filter(code__in=codes).values_list("code", flat=True)
    missing = codes - set(known)
    if missing:
        by_code = sorted(accounts, key=lambda account: account.code)  # one order: no deadlock
        LedgerAccount.objects.bulk_create(
            [account.new_row() for account in by_code if account.code in missing],
            ignore_conflicts=True,
        )


def booked_as(*, kind: str, source: str) -> list[Line]:
    """What was booked under (kind, source), to book its reversal; nothing when nothing was."""
    entries = LedgerEntry.objects.filter(transaction__kind=kind, transaction__source=source)
    return [
        (
            Account(
                entry.account.code,
                entry.account.name,
                AccountKind(entry.account.kind),
                entry.account.owner_id,
            ),
            entry.amount,
        )
        for entry in entries.select_related("account").order_by("id")
    ]
