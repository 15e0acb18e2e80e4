"""Invoices of subscriptions have receipts too: by news, once, in the subscriber's language."""

from datetime import timedelta

import pytest

from accounts.models import User
from core.errors import Conflict
from core.models import Delivery
from core.money import Money
from payments.enums import ReceiptKind
from payments.gateways.billing import InvoiceSeen
from payments.gateways.interface import GatewayRefund, RefundSeen
from payments.models import Receipt
from payments.services.billing import invoice_money
from payments.services.receipts.of_invoices import issue_invoice_receipt
from payments.tests.house import House
from payments.tests.receipt_pages import text_of
from payments.tests.test_billing_invoices import AT, invoice, subscription, told

pytestmark = pytest.mark.django_db
__all__ = ["subscription"]


def work() -> None:
    House.work(None)  # type: ignore[arg-type]  # the workers need no gateway
    assert not Delivery.objects.filter(state="dead").exists()


def goes_back(ref: str, minor: int, state: RefundSeen = RefundSeen.SUCCEEDED) -> None:
    gone = GatewayRefund(
        refund_ref=ref,
        payment_ref="pi_1",
        amount=Money(minor, "EUR"),
        state=state,
        livemode=False,
    )
    invoice_money.refunded(gateway="stripe", seen=gone, source="test")


@pytest.fixture
def subscriber(subscription) -> User:
    subscription.user.full_name, subscription.user.language = "Amina Hassan", "fr"
    subscription.user.save()
    return subscription.user


def test_a_paid_invoice_has_one_receipt_however_often_it_is_told(subscriber: User) -> None:
    month = {"period_start": AT, "period_end": AT + timedelta(days=30)}
    row = told(invoice(**month), invoice(**month))
    work()
    receipt = Receipt.objects.get()
    assert (receipt.source, receipt.user_id) == (f"invoice:{row.pk}", subscriber.pk)
    assert issue_invoice_receipt(invoice_id=row.pk) == receipt
    text = text_of(receipt)
    for word in ("Reçu", "Amina Hassan", subscriber.email, "Facture", "TW-1", "Starter",
                 "2026-11-20 – 2026-12-20", "29,00 €", "pi_1"):  # fmt: skip
        assert word in text, f"{word!r} is not in:\n{text}"


def test_each_part_that_goes_back_has_a_credit_note(subscriber: User) -> None:
    told(invoice())
    for ref, amount in (("re_1", 1000), ("re_1", 1000), ("re_2", 1900)):
        goes_back(ref, amount)
    work()
    notes = Receipt.objects.filter(kind=ReceiptKind.CREDIT_NOTE).order_by("sequence")
    assert [note.total_minor for note in notes] == [1000, 1900]
    assert notes[0].corrects == Receipt.objects.get(kind=ReceiptKind.RECEIPT)
    assert "Avoir" in text_of(notes[1])


def test_one_that_could_not_be_given_back_is_cancelled_and_the_next_has_its_own(
    subscriber: User,
) -> None:
    told(invoice())
    goes_back("re_1", 1000)
    goes_back("re_1", 1000, RefundSeen.FAILED)
    goes_back("re_2", 1000)
    work()
    kinds = Receipt.objects.exclude(kind=ReceiptKind.RECEIPT).values_list("kind", "source")
    assert set(kinds) == {
        (ReceiptKind.CREDIT_NOTE, "refund:stripe:re_1"),
        (ReceiptKind.CANCELLATION, "refund:stripe:re_1:failed"),
        (ReceiptKind.CREDIT_NOTE, "refund:stripe:re_2"),
    }


def test_nothing_is_written_for_an_unpaid_invoice(subscriber: User) -> None:
    with pytest.raises(Conflict, match="not paid"):
        issue_invoice_receipt(invoice_id=told(invoice(InvoiceSeen.OPEN)).pk)
    assert not Receipt.objects.exists()
