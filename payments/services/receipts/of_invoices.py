"""Receipts of subscriptions' invoices: the gateway's own invoice asks for money, ours says that it
came, in our numbers and the payer's language."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.errors import Conflict
from core.money import Money
from payments.house import as_house
from payments.models import Receipt, SubscriptionInvoice
from payments.receipts.contents import Contents, Item
from payments.services.receipts.writing import (
    Paid,
    cancelled,
    credit_note_for,
    receipt_for,
)


def issue_invoice_receipt(*, invoice_id: UUID) -> Receipt:
    """The invoice's receipt, written now if it is not there yet.

    Raises SubscriptionInvoice.DoesNotExist, Conflict for one that nobody has paid.
    """
    with as_house("receipts"), transaction.atomic():
        return _receipt_of(_locked(invoice_id))


def issue_invoice_credit_note(
    *, invoice_id: UUID, refund: str, part: Money, at: datetime
) -> Receipt:
    """The credit note for money of an invoice that went back; `refund` names it.

    Raises SubscriptionInvoice.DoesNotExist, Conflict.
    """
    with as_house("credit notes"), transaction.atomic():
        invoice = _locked(invoice_id)
        known = Receipt.objects.filter(source=refund).first()
        return known or credit_note_for(_receipt_of(invoice), refund=refund, part=part, at=at)


def cancel_invoice_note(*, invoice_id: UUID, refund: str, at: datetime) -> Receipt:
    """The money of `refund` could not be given back: its credit note is cancelled, once.

    Raises SubscriptionInvoice.DoesNotExist, NotFound while the note is not written.
    """
    with as_house("credit notes"), transaction.atomic():
        _locked(invoice_id)
        return cancelled(refund, at=at)


def _locked(invoice_id: UUID) -> SubscriptionInvoice:
    rows = SubscriptionInvoice.objects.select_for_update(of=("self",))
    return rows.select_related("subscription__price__plan").get(pk=invoice_id)


def _receipt_of(invoice: SubscriptionInvoice) -> Receipt:
    if invoice.paid_at is None or not invoice.paid_minor:
        raise Conflict("There is no receipt for an invoice that was not paid.")
    payer = User.objects.filter(pk=invoice.subscription.user_id).first()  # may have left
    paid = Paid(
        source=f"invoice:{invoice.pk}",
        amount=invoice.paid,
        at=invoice.paid_at,
        gateway=invoice.gateway,
        reference=invoice.payment_ref or invoice.gateway_ref,
        email=payer.email if payer else "",
        language=payer.language if payer else "en",
        user_id=invoice.subscription.user_id,
    )
    return receipt_for(paid, _contents(invoice, payer))


def _contents(invoice: SubscriptionInvoice, payer: User | None) -> Contents:
    price = invoice.subscription.price
    nothing = Money.zero(invoice.currency)
    line = Item(price.plan.name if price else "", invoice.paid, detail=_period(invoice))
    return Contents(
        items=(line,),
        discount=nothing,
        shipping=nothing,
        tax=nothing,
        subject=invoice.number,
        buyer=(payer.full_name,) if payer and payer.full_name else (),
    )


def _period(invoice: SubscriptionInvoice) -> str:
    """From day to day, as every language reads it (ISO 8601)."""
    ends = (invoice.period_start, invoice.period_end)
    return " – ".join(f"{end:%Y-%m-%d}" for end in ends if end)
