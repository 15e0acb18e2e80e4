"""The one place where a receipt or credit note becomes a row. Whoever calls holds the lock on what
it is for, in a transaction of their own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from core.errors import Conflict, NotFound
from core.money import Money
from payments.enums import ReceiptKind
from payments.models import LegalEntity, Payment, Receipt
from payments.receipts import snapshot
from payments.receipts.contents import Contents
from payments.services.receipts.numbers import take_number


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came in. `source` names it for ever ("payment:<id>")."""

    source: str
    amount: Money
    at: datetime
    gateway: str
    reference: str
    email: str
    language: str
    user_id: UUID | None
    payment: Payment | None = None


def default_entity() -> LegalEntity:
    """Who issues what nobody else does; a fresh installation begins with a name only."""
    entity, _ = LegalEntity.objects.get_or_create(
        is_default=True,
        defaults={"name": "Tradewind", "prefix": "TW", "time_zone": settings.TIME_ZONE},
    )
    return entity


def receipt_for(paid: Paid, contents: Contents) -> Receipt:
    """The receipt for it, written now if it is not there yet. `contents` sum to what was paid."""
    known = Receipt.objects.filter(source=paid.source).select_related("entity").first()
    if known is not None:
        return known
    entity = default_entity()
    return _write(
        entity,
        ReceiptKind.RECEIPT,
        source=paid.source,
        payment=paid.payment,
        user_id=paid.user_id,
        language=paid.language,
        currency=paid.amount.currency,
        total_minor=paid.amount.minor,
        tax_minor=contents.contained_tax.minor,
        contents=snapshot.of_receipt(
            entity,
            contents,
            email=paid.email,
            paid_with=paid.gateway,
            reference=paid.reference,
        ),
        paid_at=paid.at,
    )


def credit_note_for(receipt: Receipt, *, refund: str, part: Money, at: datetime) -> Receipt:
    """The note for one refund. Raises Conflict when more would go back than came in."""
    return _correction(
        receipt,
        ReceiptKind.CREDIT_NOTE,
        source=refund,
        total_minor=part.minor,
        tax_minor=_tax_of(receipt, part),
        at=at,
    )


def cancelled(refund: str, *, at: datetime) -> Receipt:
    """The money of `refund` came back to us: its whole credit note counts no more, once.

    Raises NotFound while the note is not written.
    """
    note = Receipt.objects.filter(source=refund, kind=ReceiptKind.CREDIT_NOTE).first()
    if note is None:
        raise NotFound("There is no credit note for this refund.")
    return note.corrections.first() or _correction(
        note,
        ReceiptKind.CANCELLATION,
        source=f"{refund}:failed",
        total_minor=note.total_minor,
        tax_minor=note.tax_minor,
        at=at,
    )


def _correction(
    of: Receipt,
    kind: ReceiptKind,
    *,
    source: str,
    total_minor: int,
    tax_minor: int,
    at: datetime,
) -> Receipt:
    return _write(
        of.entity,
        kind,
        source=source,
        payment=of.payment,
        user_id=of.user_id,
        language=of.language,
        currency=of.currency,
        corrects=of,
        total_minor=total_minor,
        tax_minor=tax_minor,
        contents=snapshot.of_correction(of.contents, of.number, of.money(total_minor)),
        paid_at=at,
    )


def _tax_of(receipt: Receipt, part: Money) -> int:
    """The tax in `part`: counted from all that went back, so that the parts sum to the whole."""
    standing = receipt.corrections.filter(corrections__isnull=True)
    sums = standing.aggregate(total=Sum("total_minor"), tax=Sum("tax_minor"))
    before, taxed = sums["total"] or 0, sums["tax"] or 0
    altogether = before + part.minor
    if altogether > receipt.total_minor:
        raise Conflict(f"{part} is more than what is left of receipt {receipt.number}.")
    # a note that was cancelled in between may have left more tax standing than its share
    return max(0, int(receipt.tax_minor * altogether // receipt.total_minor - taxed))


def _write(entity: LegalEntity, kind: ReceiptKind, **columns: object) -> Receipt:
    number = take_number(entity, kind)
    return Receipt.objects.create(
        entity=entity,
        kind=kind,
        year=number.year,
        sequence=number.sequence,
        number=number.text,
        issued_at=number.issued_at,
        **columns,
    )
