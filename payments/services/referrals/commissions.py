"""Commissions: earned once per sale, held, then payable.

Taking back and freezing are in services/returns.py, together with the shares of the same sale.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Now

from accounts.emails import same_mailbox
from core.events import publish
from core.money import Money
from payments.commission_rules import terms_for, work_out
from payments.enums import CommissionState, PayeeKind
from payments.house import as_house
from payments.models import Commission, CommissionRule, Referral, Sale
from payments.services.books.accounts import REFERRAL_COST
from payments.services.books.ledger import moved, post
from payments.services.sharing.payables import Creditor, know, owe
from payments.services.sharing.returns import EARNED, claw_back, freeze, reverse, unfreeze
from payments.services.sharing.sales import lock_sale, steps

__all__ = ["earn", "freeze", "let_mature", "reverse", "unfreeze"]


def earn(
    *, source_type: str, source_id: UUID, user_id: UUID | None, base: Money, at: datetime
) -> Commission | None:
    """What the person who brought `user_id` earns on a sale of `base`, once per sale.

    None when nobody brought them, or nothing is earned. Told again, the first commission is
    returned. What went back of the sale before this was told is taken back at once.
    """
    with as_house("commission"), transaction.atomic():
        if user_id is None or not _brought(user_id).exists():
            return None
        sale = lock_sale(source_type=source_type, source_id=source_id, currency=base.currency)
        known = sale.commissions.first()
        if known is not None:
            return known
        referral = _brought(user_id).select_for_update(of=("self",)).first()
        if referral is None or same_mailbox(referral.referrer.email, referral.referred.email):
            return None
        commission = _worked_out(sale, referral, base, at)
        if commission is None:
            return None
        _book(commission, referral)
        for earlier in steps(sale):
            claw_back(commission, earlier)
        return commission


def let_mature() -> int:
    """Held commissions whose time is over become payable, unless their sale is disputed."""
    with as_house("hold is over"), transaction.atomic():
        due = Commission.objects.filter(
            state=CommissionState.HELD, held_until__lte=Now(), sale__frozen_at=None
        )
        return due.update(state=CommissionState.PAYABLE, updated_at=Now())


def _brought(user_id: UUID) -> QuerySet[Referral]:
    """Who brought them, if that is a real referral."""
    return Referral.objects.select_related("referrer", "referred").filter(
        referred_id=user_id, rejected_at=None
    )


def _worked_out(sale: Sale, referral: Referral, base: Money, at: datetime) -> Commission | None:
    """By the rule in force at that moment; what the referral earned before counts for its cap."""
    rules = CommissionRule.objects.filter(valid_from__lte=at)
    terms = terms_for(rules, scope=sale.type, currency=base.currency, at=at)
    if terms is None or at > referral.expires_at:
        return None
    worked = work_out(
        terms,
        base=base,
        at=at,
        brought_at=referral.attributed_at,
        earned_before=_earned(referral, base.currency),
    )
    if not worked.amount:
        return None
    return Commission.objects.create(
        referral=referral,
        beneficiary_id=referral.referrer_id,
        sale=sale,
        source_type=sale.type,
        source_id=sale.source_id,
        rule=terms,
        currency=base.currency,
        base_minor=base.minor,
        amount_minor=worked.amount.minor,
        earned_at=at,
        held_until=worked.held_until,
        explanation=worked.explanation,
    )


def _earned(referral: Referral, currency: str) -> Money:
    found = referral.commissions.filter(currency=currency).aggregate(
        total=Sum(F("amount_minor") - F("returned_minor"))
    )
    return Money(int(found["total"] or 0), currency)


def _book(commission: Commission, referral: Referral) -> None:
    """Owed in the books, a line of what is due, and the news of it."""
    creditor = Creditor(PayeeKind.REFERRER, referral.referrer_id, str(referral.referrer))
    know([creditor])
    owe(
        payee_id=creditor.id,
        sale=commission.sale,
        cause=EARNED,
        amount=commission.amount,
        available_at=commission.held_until,
    )
    post(
        kind="commission",
        source=str(commission.pk),
        description=commission.explanation,
        entries=moved(commission.amount, to=REFERRAL_COST, out_of=creditor.account),
    )
    publish(
        type="commission.earned",
        subject=f"commission:{commission.pk}",
        dedupe_key=f"commission.earned:{commission.pk}",
        data={
            "commission_id": str(commission.pk),
            "user_id": str(commission.beneficiary_id),
            "source_type": commission.source_type,
            "source_id": str(commission.source_id),
            "amount_minor": commission.amount_minor,
            "currency": commission.currency,
            "held_until": commission.held_until.isoformat(),
        },
    )
