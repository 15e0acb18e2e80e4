"""Receipts of the demo's payments and invoices, in the order in which they were paid."""

from collections.abc import Sequence

from django.db import transaction

from payments.house import as_house
from payments.models import LegalEntity, Payment, Refund, SubscriptionInvoice
from payments.services.receipts.issuing import issue_credit_note, issue_receipt
from payments.services.receipts.of_invoices import issue_invoice_receipt
from payments.services.receipts.writing import default_entity

LATEST = 24  # payments; the older ones get theirs when somebody asks for it
SELLER = {
    "name": "Tradewind Demo Ltd",
    "address": "1 Harbour Street\nRotterdam",
    "country": "NL",
    "email": "billing@example.com",
}


def write_receipts(invoices: Sequence[SubscriptionInvoice]) -> None:
    """For the latest payments, their refunds, and `invoices`. Nobody is told."""
    with as_house("demo"), transaction.atomic():
        LegalEntity.objects.filter(pk=default_entity().pk, address="").update(**SELLER)
        paid = Payment.objects.filter(attempts__account="demo", paid_at__isnull=False)
        latest = paid.filter(receipts=None).distinct().order_by("-paid_at")[:LATEST]
        for payment in reversed(list(latest)):
            issue_receipt(payment_id=payment.pk)
            for refund in Refund.objects.filter(payment=payment, is_booked=True):
                issue_credit_note(
                    payment_id=payment.pk,
                    refund=f"refund:{refund.pk}",
                    part=refund.amount,
                    at=refund.finished_at,
                )
        for invoice in invoices:
            issue_invoice_receipt(invoice_id=invoice.pk)
