"""The books hold by themselves: raw SQL cannot unbalance, change or reopen them."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from payments.enums import AccountKind
from payments.models import LedgerAccount, LedgerTransaction

pytestmark = pytest.mark.django_db

ENTRY = """
INSERT INTO payments_ledgerentry (transaction_id, account_id, amount_minor, currency)
VALUES (%s, %s, %s, %s)
"""


@pytest.fixture
def accounts() -> list[LedgerAccount]:
    return [
        LedgerAccount.objects.create(code=f"test:{n}", name=str(n), kind=AccountKind.ASSET)
        for n in range(2)
    ]


def book(accounts: list[LedgerAccount], *amounts: tuple[int, str]) -> LedgerTransaction:
    booked = LedgerTransaction.objects.create(kind="test", source=str(amounts))
    with connection.cursor() as cursor:
        for n, (minor, currency) in enumerate(amounts):
            cursor.execute(ENTRY, [booked.pk, accounts[n % 2].pk, minor, currency])
    return booked


def at_commit() -> None:
    """Run the deferred checks now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "amounts",
    [
        [(100, "EUR"), (-99, "EUR")],
        [(100, "EUR"), (-100, "USD")],
        [(100, "EUR")],
        [],
        [(5, "EUR"), (-5, "EUR"), (7, "USD")],
    ],
    ids=["a-cent-off", "two-currencies", "one-side", "nothing", "second-currency-off"],
)
def test_unbalanced_entries_are_refused_at_commit(accounts, amounts) -> None:
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        book(accounts, *amounts)
        at_commit()


def test_balanced_entries_in_several_currencies_are_taken(accounts) -> None:
    booked = book(accounts, (5, "EUR"), (-5, "EUR"), (700, "JPY"), (-700, "JPY"))
    at_commit()
    assert booked.entries.count() == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_ledgerentry SET amount_minor = amount_minor + 1",
        "DELETE FROM payments_ledgerentry",
        "UPDATE payments_ledgertransaction SET description = 'x'",
        "DELETE FROM payments_ledgertransaction",
        "TRUNCATE payments_ledgerentry CASCADE",
    ],
)
def test_books_are_neither_changed_nor_deleted(accounts, statement) -> None:
    book(accounts, (5, "EUR"), (-5, "EUR"))
    at_commit()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_entries_cannot_join_a_transaction_of_the_past(accounts) -> None:
    booked = book(accounts, (5, "EUR"), (-5, "EUR"))
    with connection.cursor() as cursor:
        # what a later database transaction would find: another transaction_timestamp()
        cursor.execute("SELECT count(*) FROM payments_ledgertransaction")
    assert booked.entries.count() == 2


def test_an_entry_of_nothing_is_refused(accounts) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        book(accounts, (0, "EUR"), (0, "EUR"))
