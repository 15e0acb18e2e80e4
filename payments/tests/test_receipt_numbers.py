"""Numbers follow each other without a gap, whoever writes at the same moment."""

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from core.database.owner import owner_login
from core.identity import acting_as_system
from core.money import Money
from payments.enums import PaymentStatus, ReceiptKind
from payments.models import LegalEntity, Payment, Receipt
from payments.services.receipts import numbers as receipt_numbers
from payments.services.receipts import writing as receipt_writing
from payments.services.receipts.issuing import issue_credit_note, issue_receipt
from payments.services.receipts.numbers import Number, take_number
from payments.services.receipts.writing import default_entity

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 32


def paid_payment(amount: int = 4250, currency: str = "EUR", **more: Any) -> Payment:
    """A payment whose money is there, straight into the table."""
    fields = {
        "purpose": "direct",
        "purpose_id": uuid4(),
        "email": "amina@example.com",
        "amount_minor": amount,
        "captured_minor": amount,
        "currency": currency,
        "gateway": "stripe",
        "status": PaymentStatus.SUCCESS,
        "paid_at": timezone.now(),
    }
    with transaction.atomic():
        return Payment.objects.create(**(fields | more))


def sequences(**series: Any) -> list[int]:
    with transaction.atomic():
        found = Receipt.objects.filter(**({"kind": ReceiptKind.RECEIPT} | series))
        return list(found.order_by("sequence").values_list("sequence", flat=True))


def written_at_once(payments: list[Payment]) -> list[Any]:
    """A thread for each; what each wrote or raised."""
    results: list[Any] = [None] * len(payments)
    ready = threading.Barrier(len(payments))

    def write(at: int) -> None:
        try:
            with acting_as_system("tests"):
                ready.wait(20)
                results[at] = issue_receipt(payment_id=payments[at].pk)
        except Exception as error:
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(at,)) for at in range(len(payments))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_many_at_once_leave_no_gap_and_no_double() -> None:
    payments = [paid_payment() for _ in range(AT_ONCE)]
    results = written_at_once(payments)
    assert not [one for one in results if isinstance(one, Exception)]
    assert sequences() == list(range(1, AT_ONCE + 1))
    by_number = sorted(results, key=lambda receipt: receipt.sequence)
    times = [receipt.issued_at for receipt in by_number]
    assert times == sorted(times), "a later number is never issued earlier"


def test_control_counting_the_rows_gives_numbers_twice(monkeypatch) -> None:
    """The test above can fail: whoever takes max() + 1 meets others that took the same."""
    meeting = threading.Barrier(4)

    def naive(entity: LegalEntity, kind: ReceiptKind) -> Number:
        newest = Receipt.objects.filter(entity=entity, kind=kind).aggregate(n=Max("sequence"))
        sequence = (newest["n"] or 0) + 1
        meeting.wait(20)
        return Number(f"TW-R-2026-{sequence:06d}", 2026, sequence, timezone.now())

    with transaction.atomic():
        default_entity()
    monkeypatch.setattr(receipt_writing, "take_number", naive)
    results = written_at_once([paid_payment() for _ in range(4)])
    assert sum(isinstance(one, IntegrityError) for one in results) == 3


def test_the_same_payment_at_once_has_one_receipt() -> None:
    payment = paid_payment()
    results = written_at_once([payment] * 8)
    assert len({receipt.number for receipt in results}) == 1
    assert sequences() == [1]


def test_what_is_rolled_back_gives_its_number_back() -> None:
    first, second, third = (paid_payment() for _ in range(3))
    issue_receipt(payment_id=first.pk)
    with transaction.atomic():
        assert issue_receipt(payment_id=second.pk).sequence == 2
        transaction.set_rollback(True)
    assert issue_receipt(payment_id=third.pk).sequence == 2
    assert sequences() == [1, 2]


def test_kinds_entities_and_years_count_for_themselves(monkeypatch) -> None:
    def in_year(year: int, entity: LegalEntity, kind: ReceiptKind) -> str:
        moment = datetime(year, 6, 1, tzinfo=UTC)
        monkeypatch.setattr(receipt_numbers.timezone, "now", lambda: moment)
        return take_number(entity, kind).text

    with transaction.atomic():
        home = default_entity()
        other = LegalEntity.objects.create(name="Tradewind KK", prefix="TWJP")
        taken = [
            in_year(2026, home, ReceiptKind.RECEIPT),
            in_year(2026, home, ReceiptKind.CREDIT_NOTE),
            in_year(2026, other, ReceiptKind.RECEIPT),
            in_year(2027, home, ReceiptKind.RECEIPT),
            in_year(2026, home, ReceiptKind.RECEIPT),
        ]
    assert taken == [
        "TW-R-2026-000001",
        "TW-C-2026-000001",
        "TWJP-R-2026-000001",
        "TW-R-2027-000001",
        "TW-R-2026-000002",
    ]


@pytest.mark.parametrize(
    ("zone", "year"), [("Asia/Tokyo", 2027), ("UTC", 2026), ("America/Lima", 2026)]
)
def test_the_year_is_the_one_at_the_sellers_place(monkeypatch, zone: str, year: int) -> None:
    eve = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    monkeypatch.setattr(receipt_numbers.timezone, "now", lambda: eve)
    with transaction.atomic():
        entity = LegalEntity.objects.create(name="Somewhere", prefix="X", time_zone=zone)
        assert take_number(entity, ReceiptKind.RECEIPT).year == year


def test_a_clock_that_is_set_back_does_not_date_later_numbers_earlier(monkeypatch) -> None:
    late, early = datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    with transaction.atomic():
        entity = default_entity()
        for moment in (late, early):
            monkeypatch.setattr(receipt_numbers.timezone, "now", lambda at=moment: at)
            assert take_number(entity, ReceiptKind.RECEIPT).issued_at == late


def test_the_database_refuses_a_gap() -> None:
    receipt = issue_receipt(payment_id=paid_payment().pk)
    with pytest.raises(IntegrityError, match="leaves a gap"), transaction.atomic():
        Receipt.objects.create(
            entity=receipt.entity,
            kind=receipt.kind,
            year=receipt.year,
            sequence=3,
            number="TW-R-2026-000003",
            source="payment:elsewhere",
            language="en",
            currency="EUR",
            total_minor=1,
            contents={},
            paid_at=timezone.now(),
            issued_at=timezone.now(),
        )


def test_the_database_keeps_what_is_written() -> None:
    payment = paid_payment()
    issue_receipt(payment_id=payment.pk)
    issue_credit_note(payment_id=payment.pk, refund="refund:1", part=Money(100, "EUR"))
    for change in (
        "UPDATE payments_receipt SET total_minor = 1",
        "DELETE FROM payments_receipt WHERE kind = 'credit_note'",
    ):
        with (
            owner_login(),  # who is above grants and policies
            pytest.raises(DatabaseError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
