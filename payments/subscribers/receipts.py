"""Money came in or went back: the document for it."""

from uuid import UUID

from core.errors import NotFound
from core.events import Event, Retry, subscribe
from core.money import Money
from payments.services.receipts.issuing import cancel_credit_note, issue_credit_note, issue_receipt
from payments.services.receipts.of_invoices import (
    cancel_invoice_note,
    issue_invoice_credit_note,
    issue_invoice_receipt,
)


@subscribe("payment.succeeded", queue="default")
def write_receipt(event: Event) -> None:
    """One receipt a payment, however often it is told."""
    issue_receipt(payment_id=UUID(event.data["payment_id"]))


@subscribe("payment.refunded", queue="default")
def write_credit_note(event: Event) -> None:
    """One credit note a refund."""
    issue_credit_note(
        payment_id=UUID(event.data["payment_id"]),
        refund=f"refund:{event.data['refund_id']}",
        part=Money(event.data["refund_minor"], event.data["currency"]),
        at=event.occurred_at,
    )


@subscribe("payment.refund_failed", queue="default")
def cancel_its_credit_note(event: Event) -> None:
    """What was said to have gone back did not."""
    try:
        cancel_credit_note(
            payment_id=UUID(event.data["payment_id"]),
            refund=f"refund:{event.data['refund_id']}",
            at=event.occurred_at,
        )
    except NotFound as early:  # subscribers of one subject do not wait for each other
        raise Retry(early.message) from early


@subscribe("invoice.paid", queue="default")
def write_invoice_receipt(event: Event) -> None:
    """One receipt a paid invoice of a subscription."""
    issue_invoice_receipt(invoice_id=UUID(event.data["invoice_id"]))


@subscribe("invoice.refunded", queue="default")
def write_invoice_credit_note(event: Event) -> None:
    """One credit note a refund; the gateway's name of it names it."""
    issue_invoice_credit_note(
        invoice_id=UUID(event.data["invoice_id"]),
        refund=_invoice_refund(event),
        part=Money(event.data["refund_minor"], event.data["currency"]),
        at=event.occurred_at,
    )


@subscribe("invoice.refund_failed", queue="default")
def cancel_invoice_credit_note(event: Event) -> None:
    """What was said to have gone back of an invoice did not."""
    try:
        cancel_invoice_note(
            invoice_id=UUID(event.data["invoice_id"]),
            refund=_invoice_refund(event),
            at=event.occurred_at,
        )
    except NotFound as early:  # as above
        raise Retry(early.message) from early


def _invoice_refund(event: Event) -> str:
    return f"refund:{event.data['gateway']}:{event.data['refund_ref']}"
