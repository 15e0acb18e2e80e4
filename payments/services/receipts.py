"""Writing receipts and credit notes: one for each payment and each refund, whoever asks first."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from core.errors import Conflict, NotFound
from core.money import Money
from payments.enums import ReceiptKind
from payments.house import as_house
from payments.locks import lock_payment
from payments.models import LegalEntity, Payment, Receipt
from payments.receipts import snapshot
from payments.receipts.contents import Contents, contents_of
from payments.services.receipt_numbers import take_number
from payments.services.verify import payment_by_reference


def issue_receipt(*, payment_id: UUID) -> Receipt:
    """The payment's receipt, written now if it is not there yet.

    Raises Payment.DoesNotExist, Conflict for a payment nobody has paid.
    """
    with as_house("receipts"), transaction.atomic():
        payment = lock_payment(payment_id)
        return _receipt_of(payment)


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
        if known is not None:
            return known
        receipt = _receipt_of(payment)
        return _write(
            receipt.entity,
            ReceiptKind.CREDIT_NOTE,
            source=refund,
            payment=payment,
            corrects=receipt,
            total_minor=part.minor,
            tax_minor=_tax_of(receipt, part),
            contents=snapshot.of_credit_note(receipt.contents, receipt.number, part),
            paid_at=at or timezone.now(),
        )


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


def default_entity() -> LegalEntity:
    """Who issues what nobody else does; a fresh installation begins with a name only."""
    entity, _ = LegalEntity.objects.get_or_create(
        is_default=True,
        defaults={"name": "Tradewind", "prefix": "TW", "time_zone": settings.TIME_ZONE},
    )
    return entity


def _source(payment: Payment) -> str:
    return f"payment:{payment.pk}"


def _receipt_of(payment: Payment) -> Receipt:
    known = Receipt.objects.filter(source=_source(payment)).select_related("entity").first()
    if known is not None:
        return known
    if not payment.is_paid or payment.paid_at is None:
        raise Conflict("There is no receipt for a payment that has not arrived.")
    paid = payment.captured
    contents = contents_of(payment.purpose, payment.purpose_id)
    if contents is None or contents.total != paid:
        contents = Contents.single(payment.description, paid)
    entity = default_entity()
    return _write(
        entity,
        ReceiptKind.RECEIPT,
        source=_source(payment),
        payment=payment,
        total_minor=paid.minor,
        tax_minor=contents.tax.minor,
        contents=snapshot.of_receipt(entity, payment, contents),
        paid_at=payment.paid_at,
    )


def _tax_of(receipt: Receipt, part: Money) -> int:
    """The tax in `part`: counted from all that went back, so that the parts sum to the whole."""
    sums = receipt.credit_notes.aggregate(total=Sum("total_minor"), tax=Sum("tax_minor"))
    before, taxed = sums["total"] or 0, sums["tax"] or 0
    altogether = before + part.minor
    if altogether > receipt.total_minor:
        raise Conflict(f"{part} is more than what is left of receipt {receipt.number}.")
    return int(receipt.tax_minor * altogether // receipt.total_minor - taxed)


def _write(
    entity: LegalEntity, kind: ReceiptKind, *, payment: Payment, **columns: object
) -> Receipt:
    number = take_number(entity, kind)
    return Receipt.objects.create(
        entity=entity,
        kind=kind,
        year=number.year,
        sequence=number.sequence,
        number=number.text,
        issued_at=number.issued_at,
        payment=payment,
        user_id=payment.user_id,
        language=payment.language,
        currency=payment.currency,
        **columns,
    )


def _one(found: QuerySet[Receipt]) -> Receipt:
    with as_house("a receipt by what only its owner knows"), transaction.atomic():
        receipt = found.select_related("payment").first()
    if receipt is None:
        raise NotFound("There is no such receipt.")
    return receipt
