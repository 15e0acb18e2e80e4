"""Receipts of payments and credit notes of their refunds: one each, whoever asks first."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.errors import Conflict, NotFound
from core.money import Money
from payments.house import as_house
from payments.locks import lock_payment
from payments.models import Payment, Receipt
from payments.receipts.contents import Contents, contents_of
from payments.services.receipts.writing import (
    Paid,
    cancelled,
    credit_note_for,
    receipt_for,
)
from payments.services.verify import payment_by_reference


def issue_receipt(*, payment_id: UUID) -> Receipt:
    """The payment's receipt, written now if it is not there yet.

    Raises Payment.DoesNotExist, Conflict for a payment nobody has paid.
    """
    with as_house("receipts"), transaction.atomic():
        return _receipt_of(lock_payment(payment_id))


def issue_credit_note(
    *, payment_id: UUID, refund: str, part: Money, at: datetime | None = None
) -> Receipt:
    """The credit note for one refund, and the receipt it corrects if that is missing.

    `refund` names it ("refund:<id>"): asked again, the same note comes back. Raises
    Payment.DoesNotExist, Conflict when more would go back than the receipt says, ValueError for
    nothing.
    """
    if part.minor <= 0:
        raise ValueError(f"A credit note is for money that went back, not for {part}.")
    with as_house("credit notes"), transaction.atomic():
        payment = lock_payment(payment_id)
        known = Receipt.objects.filter(source=refund).first()
        return known or credit_note_for(
            _receipt_of(payment), refund=refund, part=part, at=at or timezone.now()
        )


def cancel_credit_note(*, payment_id: UUID, refund: str, at: datetime) -> Receipt:
    """The money of `refund` could not be given back: its credit note is cancelled, once.

    Raises Payment.DoesNotExist, NotFound while the note is not written.
    """
    with as_house("credit notes"), transaction.atomic():
        lock_payment(payment_id)
        return cancelled(refund, at=at)


def receipt_by_reference(reference: str) -> Receipt:
    """The receipt of a payment whose reference somebody knows; knowing it is the permission.

    Written now if its news is not worked off yet: a link in a mail always leads somewhere.
    Raises NotFound, also for a payment that has not arrived.
    """
    payment = payment_by_reference(reference)
    if not payment.is_paid:
        raise NotFound("This payment has no receipt: it has not arrived.")
    try:
        return _one(Receipt.objects.filter(source=_source(payment)))
    except NotFound:
        return issue_receipt(payment_id=payment.pk)


def receipt_by_token(token: str) -> Receipt:
    """The document whose token somebody was given. Raises NotFound."""
    return _one(Receipt.objects.filter(token=token))


def _source(payment: Payment) -> str:
    return f"payment:{payment.pk}"


def _receipt_of(payment: Payment) -> Receipt:
    if not payment.is_paid or payment.paid_at is None:
        raise Conflict("There is no receipt for a payment that has not arrived.")
    # what came in above what was asked for is owed back, and no part of the sale
    amount = min(payment.captured, payment.amount, key=lambda money: money.minor)
    contents = contents_of(payment.purpose, payment.purpose_id)
    if contents is None or contents.total != amount:
        contents = Contents.single(payment.description, amount)
    paid = Paid(
        source=_source(payment),
        amount=amount,
        at=payment.paid_at,
        gateway=payment.gateway,
        reference=payment.reference,
        email=payment.email,
        language=payment.language,
        user_id=payment.user_id,
        payment=payment,
    )
    return receipt_for(paid, contents)


def _one(found: QuerySet[Receipt]) -> Receipt:
    with as_house("a receipt by what only its owner knows"), transaction.atomic():
        receipt = found.select_related("payment").first()
    if receipt is None:
        raise NotFound("There is no such receipt.")
    return receipt
