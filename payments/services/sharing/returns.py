"""Money of a sale goes back, or is disputed: shares and commissions follow, pro rata and once.

Returns may be told before the sale itself: they are remembered with it, and what is earned later
is taken back at once.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from core.events import publish
from core.money import Money
from payments.enums import CommissionState, PayoutState
from payments.house import as_house
from payments.models import Commission, PayoutItem, Sale, SaleReturn
from payments.services.books.accounts import REFERRAL_COST
from payments.services.books.ledger import booked_as, moved, post
from payments.services.sharing.payables import account_of, owe_less
from payments.services.sharing.sales import (
    DISPUTE,
    Step,
    give_parts_again,
    lock_sale,
    take_back_parts,
)

EARNED = "commission"
REVERSAL, REVERSAL_UNDONE = "commission_reversal", "commission_reversal_undone"


def reverse(
    *,
    source_type: str,
    source_id: UUID,
    part: Money,
    of: Money,
    cause: str,
    split: Mapping[str, int] | None = None,
) -> bool:
    """`part` of a sale whose total was `of` went back. False when `cause` is known already.

    `split` says who bears it, in minor units by account, where that is known. Never takes back
    more than there is: what exceeds the rest of `of` is the house's.
    """
    with as_house("money went back"), transaction.atomic():
        sale = lock_sale(source_type=source_type, source_id=source_id, currency=of.currency)
        left = of - Money(sale.returned_minor, sale.currency)
        amount = min(part, left)
        if amount.minor <= 0 or sale.returns.filter(cause=cause).exists():
            return False
        SaleReturn.objects.create(
            sale=sale, cause=cause, amount_minor=amount.minor, of_minor=of.minor
        )
        sale.returned_minor += amount.minor
        sale.save(update_fields=["returned_minor", "updated_at"])
        step = Step(cause, amount, left)
        take_back_parts(sale, step, split)
        for commission in sale.commissions.order_by("id"):
            claw_back(commission, step)
        return True


def undo(*, source_type: str, source_id: UUID, cause: str) -> bool:
    """A return came back to us (banks refuse refunds, days later): everybody gets again what it
    took. False when there was no such return."""
    with as_house("a return did not last"), transaction.atomic():
        sale = (
            Sale.objects.select_for_update().filter(type=source_type, source_id=source_id).first()
        )
        back = sale and sale.returns.filter(cause=cause, undone_at=None).first()
        if not sale or not back:
            return False
        sale.returned_minor -= back.amount_minor
        sale.save(update_fields=["returned_minor", "updated_at"])
        sale.returns.filter(pk=back.pk).update(undone_at=Now())
        give_parts_again(sale, cause)
        for commission in sale.commissions.order_by("id"):
            _give_again(commission, cause)
        return True


def lose(*, source_type: str, source_id: UUID, part: Money, of: Money, dispute: str) -> bool:
    """A dispute was lost: as `reverse`, and once until `win`. `dispute` is any name for it."""
    with as_house("dispute lost"), transaction.atomic():
        lock_sale(source_type=source_type, source_id=source_id, currency=of.currency)
        told = SaleReturn.objects.filter(
            sale__type=source_type,
            sale__source_id=source_id,
            cause__startswith=f"{DISPUTE}{dispute}:",
        )
        if told.filter(undone_at=None).exists():
            return False
        cause = f"{DISPUTE}{dispute}:{told.count() + 1}"
        return reverse(source_type=source_type, source_id=source_id, part=part, of=of, cause=cause)


def win(*, source_type: str, source_id: UUID, dispute: str) -> None:
    """A dispute ended well, perhaps after it was lost: what it took is given again."""
    with as_house("dispute won"), transaction.atomic():
        standing = SaleReturn.objects.filter(
            sale__type=source_type,
            sale__source_id=source_id,
            cause__startswith=f"{DISPUTE}{dispute}:",
            undone_at=None,
        )
        for cause in list(standing.values_list("cause", flat=True)):
            undo(source_type=source_type, source_id=source_id, cause=cause)


def freeze(*, source_type: str, source_id: UUID, currency: str) -> None:
    """A dispute is open: nothing made on the sale moves on or is paid out."""
    with as_house("disputed"), transaction.atomic():
        sale = lock_sale(source_type=source_type, source_id=source_id, currency=currency)
        Sale.objects.filter(pk=sale.pk, frozen_at=None).update(frozen_at=Now())


def unfreeze(*, source_type: str, source_id: UUID) -> None:
    """The dispute is over; if it was lost, `reverse` has taken back what is gone."""
    with as_house("dispute closed"), transaction.atomic():
        Sale.objects.filter(type=source_type, source_id=source_id).update(frozen_at=None)


def claw_back(commission: Commission, step: Step) -> None:
    """The commission's part of a return, down to nothing when all has gone back.

    The caller holds the sale's lock. A commission that was paid out leaves a negative line, which
    the next payout carries.
    """
    taken, _ = commission.left.split([step.amount.minor, (step.left - step.amount).minor])
    if not taken:
        return
    commission.returned_minor += taken.minor
    if not commission.left:
        commission.state = CommissionState.REVERSED
    commission.save(update_fields=["returned_minor", "state", "updated_at"])
    due = owe_less(
        payee_id=commission.beneficiary_id, sale=commission.sale, cause=step.cause, amount=taken
    )
    post(
        kind=REVERSAL,
        source=f"{commission.pk}:{step.cause}",
        description=f"{taken} of a commission taken back",
        entries=moved(taken, to=account_of(due.payee), out_of=REFERRAL_COST),
    )
    publish(
        type="commission.reversed",
        subject=f"commission:{commission.pk}",
        dedupe_key=f"commission.reversed:{commission.pk}:{step.cause}"[:300],
        data={
            "commission_id": str(commission.pk),
            "user_id": str(commission.beneficiary_id),
            "source_type": commission.source_type,
            "source_id": str(commission.source_id),
            "amount_minor": taken.minor,
            "left_minor": commission.left.minor,
            "currency": commission.currency,
            "cause": step.cause,
        },
    )


def _give_again(commission: Commission, cause: str) -> None:
    lost = booked_as(kind=REVERSAL, source=f"{commission.pk}:{cause}")
    if not lost:
        return
    taken = next(amount for _, amount in lost if amount.minor > 0)
    commission.returned_minor -= taken.minor
    if commission.state == CommissionState.REVERSED:
        commission.state = CommissionState.PAID if _was_paid(commission) else CommissionState.HELD
    commission.save(update_fields=["returned_minor", "state", "updated_at"])
    owe_less(
        payee_id=commission.beneficiary_id,
        sale=commission.sale,
        cause=f"{cause}:undone",
        amount=-taken,
    )
    post(
        kind=REVERSAL_UNDONE,
        source=f"{commission.pk}:{cause}",
        description=f"{taken} of a commission given again",
        entries=[(account, -amount) for account, amount in lost],
    )


def _was_paid(commission: Commission) -> bool:
    return PayoutItem.objects.filter(
        due__payee_id=commission.beneficiary_id,
        due__sale_id=commission.sale_id,
        due__cause=EARNED,
        released=False,
        payout__state=PayoutState.PAID,
    ).exists()
