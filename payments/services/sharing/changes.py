"""A sale that was changed after it had been shared out: its parts grow or shrink with it.

That is no return: nothing of what was sold came back, something else was sold. So the total is
another from then on, and what goes back later is taken of that.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import Conflict
from core.money import Money
from payments.house import as_house
from payments.models import Due, Sale, SalePart
from payments.services.books.accounts import owed_for
from payments.services.books.ledger import Line, post
from payments.services.sharing.payables import know, owe
from payments.services.sharing.returns import claw_back
from payments.services.sharing.sales import Part, Step, lock_sale

CHANGE = "sale_change"


def change_sale(
    *,
    source_type: str,
    source_id: UUID,
    currency: str,
    parts: Sequence[Part],
    cause: str,
    at: datetime,
) -> bool:
    """Each part grows by its amount (below nothing: shrinks), once a `cause`; False for a repeat.

    A referrer's commission shrinks with the sale and does not grow with it. Raises Conflict where
    more would be taken from a part than is left of it.
    """
    parts = [part for part in parts if part.amount or part.base]
    with as_house("change a sale"), transaction.atomic():
        sale = lock_sale(source_type=source_type, source_id=source_id, currency=currency)
        before = _left_of(sale)
        whole = sum((part.amount for part in parts), Money.zero(currency))
        entries: list[Line] = [(part.account, -part.amount) for part in parts if part.amount]
        if whole:
            entries.insert(0, (owed_for(source_type), whole))
        if not entries or not post(
            kind=CHANGE,
            source=f"{sale}:{cause}",
            description=f"A sale was changed by {whole}",
            entries=entries,
        ):
            return False
        know(part.creditor for part in parts if part.creditor)
        for part in parts:
            _grow(sale, part)
            if part.creditor and part.amount:
                owe(
                    payee_id=part.creditor.id,
                    sale=sale,
                    cause=cause,
                    amount=part.amount,
                    available_at=_available(sale, part.creditor.id, at),
                )
        if whole.minor < 0:
            for commission in sale.commissions.order_by("id"):
                claw_back(commission, Step(cause, -whole, before))
        return True


def total_of(*, source_type: str, source_id: UUID) -> Money | None:
    """What a sale is shared out of now; None while it is not."""
    with as_house("look at a sale"):
        parts = list(SalePart.objects.filter(sale__type=source_type, sale__source_id=source_id))
    if not parts:
        return None
    return sum((part.amount for part in parts), Money.zero(parts[0].currency))


def terms_of(*, source_type: str, source_id: UUID, payee_id: UUID) -> tuple[int, int] | None:
    """A payee's part of a sale: what they sold (minor units) and our rate (hundredths of a
    percent). None when they have none."""
    with as_house("look at a sale"):
        found = SalePart.objects.filter(
            sale__type=source_type, sale__source_id=source_id, payee_id=payee_id
        ).first()
    return (found.base_minor or 0, found.rate_bps or 0) if found else None


def _grow(sale: Sale, part: Part) -> None:
    row = sale.parts.filter(account=part.account.code).first()
    if row is None:
        row = SalePart(
            sale=sale,
            account=part.account.code,
            payee_id=part.creditor.id if part.creditor else None,
            currency=part.amount.currency,
            amount_minor=0,
            base_minor=0 if part.base is not None else None,
            rate_bps=part.rate_bps,
        )
    row.amount_minor += part.amount.minor
    if part.base is not None:
        row.base_minor = (row.base_minor or 0) + part.base.minor
    if row.amount_minor < row.returned_minor:
        raise Conflict("More of it went back already than would be left of it.")
    row.save()


def _left_of(sale: Sale) -> Money:
    return sum((part.left for part in sale.parts.all()), Money.zero(sale.currency))


def _available(sale: Sale, payee_id: UUID, at: datetime) -> datetime:
    """It waits as long as the line it takes from, or adds to."""
    first = Due.objects.filter(sale=sale, payee_id=payee_id, amount_minor__gt=0).order_by("id")
    return first.values_list("available_at", flat=True).first() or at
