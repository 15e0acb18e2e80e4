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


def book_and_commit(accounts: list[LedgerAccount], *amounts: tuple[int, str]) -> LedgerTransaction:
    with transaction.atomic():
        booked = book(accounts, *amounts)
        at_commit()
    return booked


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
    with pytest.raises(IntegrityError, match="does not balance"):
        book_and_commit(accounts, *amounts)


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


@pytest.mark.django_db(transaction=True)
def test_entries_cannot_join_a_transaction_of_the_past() -> None:
    with transaction.atomic():
        pair = [
            LedgerAccount.objects.create(code=f"past:{n}", name=str(n), kind=AccountKind.ASSET)
            for n in range(2)
        ]
        booked = book(pair, (5, "EUR"), (-5, "EUR"))

    def add() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for minor in (7, -7):
                cursor.execute(ENTRY, [booked.pk, pair[0].pk, minor, "EUR"])

    with pytest.raises(IntegrityError, match="is closed"):
        add()


@pytest.mark.django_db(transaction=True)
def test_an_unbalanced_transaction_cannot_commit() -> None:
    """The same without asking for the checks: the commit itself refuses."""

    def commit() -> None:
        with transaction.atomic():
            account = LedgerAccount.objects.create(code="c", name="c", kind=AccountKind.ASSET)
            book([account, account], (5, "EUR"), (-4, "EUR"))

    with pytest.raises(IntegrityError, match="off by EUR 1"):
        commit()
    with transaction.atomic():
        assert not LedgerTransaction.objects.exists()


def test_an_entry_of_nothing_is_refused(accounts) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        book(accounts, (0, "EUR"), (0, "EUR"))
