"""Which document is written when, and what stands on it."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from core.errors import Conflict, NotFound
from core.events import publish
from core.models import Delivery
from core.money import Money
from payments.enums import PaymentStatus, ReceiptKind
from payments.models import LegalEntity, Receipt
from payments.receipts import contents
from payments.receipts.contents import Contents, Item, register
from payments.services import history
from payments.services.receipts.issuing import cancel_credit_note, issue_credit_note, issue_receipt
from payments.services.receipts.writing import default_entity
from payments.services.refunds import request_refund
from payments.tests.house import House
from payments.tests.receipt_pages import text_of
from payments.tests.test_receipt_numbers import paid_payment

pytestmark = pytest.mark.django_db
EUR = "EUR"


def told(of: UUID) -> Contents:
    """What somebody above us knows: 10.00 + 2.00 shipping - 1.00 off + 1.99 tax = 12.99."""
    return Contents(
        items=(Item("Tea", Money(600, EUR), 2, Money(300, EUR), "TEA-1"), Item("Cup", eur(400))),
        discount=eur(100),
        shipping=eur(200),
        tax=eur(199),
        subject="TW-2026-000007",
        buyer=("Amina Hassan", "4 Rue des Arts"),
        country="FR",
    )


def eur(minor: int) -> Money:
    return Money(minor, EUR)


@pytest.fixture
def described() -> Iterator[None]:
    """Somebody above us describes payments for "tea"."""
    register("tea", told)
    yield
    contents._readers.pop("tea")


def test_a_payment_that_arrives_has_one_receipt_however_often_it_is_told(house: House) -> None:
    payment = house.paid()
    house._delivered.clear()
    house.deliver()
    house.work()
    receipt = Receipt.objects.get()
    assert (receipt.payment_id, receipt.total) == (payment.pk, payment.amount)
    assert (receipt.kind, receipt.paid_at) == (ReceiptKind.RECEIPT, payment.paid_at)
    assert issue_receipt(payment_id=payment.pk) == receipt


def test_nothing_is_written_for_money_that_has_not_arrived(house: House) -> None:
    with pytest.raises(Conflict, match="has not arrived"):
        issue_receipt(payment_id=house.opened().pk)
    assert not Receipt.objects.exists()


def test_the_floor_above_says_what_was_bought(described: None) -> None:
    receipt = issue_receipt(payment_id=paid_payment(1299, purpose="tea").pk)
    assert [line["name"] for line in receipt.contents["lines"]] == ["Tea", "Cup"]
    assert receipt.contents["lines"][0]["unit_minor"] == 300
    assert receipt.contents["subject"] == "TW-2026-000007"
    assert receipt.contents["buyer"]["lines"] == ["Amina Hassan", "4 Rue des Arts"]
    assert (receipt.total_minor, receipt.tax_minor) == (1299, 199)


def test_lines_that_are_not_what_was_paid_do_not_stand_on_it(described: None) -> None:
    payment = paid_payment(1300, purpose="tea", description="Tea for two")
    receipt = issue_receipt(payment_id=payment.pk)
    (line,) = receipt.contents["lines"]
    assert (line["name"], line["total_minor"], receipt.tax_minor) == ("Tea for two", 1300, 0)


def test_only_one_may_describe_a_purpose(described: None) -> None:
    register("tea", told)  # the same again is no contradiction
    with pytest.raises(ValueError, match="Somebody else"):
        register("tea", lambda of: None)


def test_a_seller_who_moves_changes_no_old_receipt() -> None:
    old = issue_receipt(payment_id=paid_payment().pk)
    LegalEntity.objects.update(address="New Street 1")
    new = issue_receipt(payment_id=paid_payment().pk)
    old.refresh_from_db()
    assert old.contents["seller"]["lines"] == []
    assert new.contents["seller"]["lines"] == ["New Street 1"]


def test_there_is_one_default_seller() -> None:
    assert default_entity() == default_entity()
    assert LegalEntity.objects.get().prefix == "TW"


def test_the_tax_of_all_refunds_is_the_tax_of_the_receipt(described: None) -> None:
    """1.99 of 12.99 in parts of 3.33, 3.33, 3.33 and 3.00: no cent of tax is lost or doubled."""
    payment = paid_payment(1299, purpose="tea")
    notes = [
        issue_credit_note(payment_id=payment.pk, refund=f"refund:{at}", part=eur(part))
        for at, part in enumerate([333, 333, 333, 300])
    ]
    receipt = Receipt.objects.get(kind=ReceiptKind.RECEIPT)
    assert sum(note.tax_minor for note in notes) == receipt.tax_minor == 199
    assert {note.corrects_id for note in notes} == {receipt.pk}
    assert [note.number[-6:] for note in notes] == ["000001", "000002", "000003", "000004"]


def test_a_refund_has_one_credit_note_however_often_it_is_told() -> None:
    payment = paid_payment(1000, status=PaymentStatus.PARTIALLY_REFUNDED)
    refund = str(uuid4())
    for source in ("webhook", "reconciler"):
        publish(
            type="payment.refunded",
            subject=f"payment:{payment.pk}",
            dedupe_key=source,
            data=history.shown(payment)
            | {"refund_id": refund, "refund_minor": 250, "refunded_minor": 250},
        )
    House.work(None)  # type: ignore[arg-type]  # the workers need no gateway
    note = Receipt.objects.get(kind=ReceiptKind.CREDIT_NOTE)
    assert (note.total, note.source) == (eur(250), f"refund:{refund}")
    assert note.corrects is not None, "its receipt was missing and is written first"
    assert not Delivery.objects.filter(state="dead").exists()


def test_more_than_the_receipt_is_never_credited() -> None:
    payment = paid_payment(1000)
    issue_credit_note(payment_id=payment.pk, refund="refund:1", part=eur(600))
    with pytest.raises(Conflict, match="more than what is left"), transaction.atomic():
        issue_credit_note(payment_id=payment.pk, refund="refund:2", part=eur(401))
    with pytest.raises(ValueError, match="went back"):
        issue_credit_note(payment_id=payment.pk, refund="refund:3", part=eur(0))
    assert Receipt.objects.filter(kind=ReceiptKind.CREDIT_NOTE).count() == 1


def test_what_could_not_be_given_back_can_be_credited_again(described: None) -> None:
    payment = paid_payment(1299, purpose="tea")
    note = issue_credit_note(payment_id=payment.pk, refund="refund:1", part=eur(1299))
    for _ in range(2):
        cancelled = cancel_credit_note(payment_id=payment.pk, refund="refund:1", at=timezone.now())
    assert (cancelled.corrects, cancelled.total, cancelled.tax_minor) == (note, eur(1299), 199)
    assert cancelled.number.startswith("TW-X-")
    again = issue_credit_note(payment_id=payment.pk, refund="refund:2", part=eur(1299))
    assert again.tax_minor == 199
    text = text_of(cancelled)
    assert f"Credit note {note.number} is cancelled" in text.replace("\n", " ")
    assert "Total cancelled" in text
    with pytest.raises(NotFound):
        cancel_credit_note(payment_id=payment.pk, refund="refund:3", at=timezone.now())


def test_what_was_paid_above_the_price_is_no_part_of_the_sale(described: None) -> None:
    payment = paid_payment(1299, purpose="tea", captured_minor=1500)
    assert issue_receipt(payment_id=payment.pk).total == eur(1299)


def test_a_refund_at_the_gateway_ends_in_a_credit_note(house: House) -> None:
    payment = house.paid()
    refund = request_refund(
        payment_id=payment.pk, amount=eur(1250), reason="One cup broke", requested_by=None
    )
    for _ in range(2):
        house.work()
        house.deliver()
    house.work()
    note = Receipt.objects.get(kind=ReceiptKind.CREDIT_NOTE)
    assert (note.source, note.total) == (f"refund:{refund.pk}", eur(1250))
    assert note.corrects == Receipt.objects.get(kind=ReceiptKind.RECEIPT)
