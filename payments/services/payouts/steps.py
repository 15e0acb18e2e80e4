"""Payouts: drafted from what is payable, approved, sent, then paid or failed.

In the books: sent moves it from what we owe the payee to what is in transit, paid from there out
of the bank, failed back to what we owe.
"""

import secrets
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict, Invalid, PermissionRefused
from core.money import Money
from payments.enums import PAYOUT_NEXT, CommissionState, PayoutState
from payments.house import as_house
from payments.locks import lock_payee, lock_payout
from payments.models import Commission, Payout, PayoutItem
from payments.payout_rules import alone_up_to, least
from payments.services.books.accounts import BANK, IN_TRANSIT
from payments.services.books.ledger import moved, post
from payments.services.referrals.attribution import ALPHABET
from payments.services.sharing.owed import Owed, owed_in_books, owed_to
from payments.services.sharing.payables import account_of
from payments.services.sharing.returns import EARNED


@transaction.atomic
def draft_payout(*, payee_id: UUID, currency: str, drafted_by: UUID | None) -> Payout:
    """All that is payable to somebody in a currency, as a draft. Two at once make one.

    Raises NotFound, Conflict when it is too little or the books owe less.
    """
    payee = lock_payee(payee_id)
    owed = owed_to(payee_id).get(currency, Owed(currency))
    amount = owed.money(owed.payable)
    if amount < least(currency) or not amount:
        raise Conflict(f"{amount} is payable to {payee.name}; payouts begin at {least(currency)}.")
    if amount > owed_in_books(payee, currency) - owed.money(owed.drafted):
        raise Conflict(f"The books owe {payee.name} less than {amount}: nothing was drafted.")
    payout = Payout.objects.create(
        payee=payee,
        reference=_new_reference(),
        currency=currency,
        amount_minor=amount.minor,
        drafted_by=drafted_by,
    )
    PayoutItem.objects.bulk_create(
        [PayoutItem(payout=payout, due_id=due_id) for due_id in owed.dues]
    )
    record_audit(action="payout.draft", resource=payout, details={"amount": str(amount)})
    return payout


@transaction.atomic
def approve_payout(*, payout_id: UUID, approved_by: UUID | None) -> Payout:
    """Let a draft go. Above a set amount by somebody else than its drafter.

    Raises NotFound, Conflict, PermissionRefused.
    """
    payout = _stepping(payout_id, PayoutState.APPROVED)
    limit = alone_up_to(payout.currency)
    alone = approved_by is None or payout.drafted_by == approved_by
    if alone and payout.amount > limit:
        raise PermissionRefused(f"You drafted it: above {limit} somebody else approves.")
    payout.approved_by = approved_by
    return _moved(payout, PayoutState.APPROVED)


@transaction.atomic
def mark_sent(*, payout_id: UUID, bank_reference: str) -> Payout:
    """The bank was told. From now on the money is in transit.

    Raises NotFound, Invalid without the bank's reference, Conflict when meanwhile a sale of it is
    disputed, or so much was taken back that the payee is owed less.
    """
    reference = bank_reference.strip()
    if not reference:
        raise Invalid("The bank's reference is missing.", details={"bank_reference": ["Needed."]})
    payout = _stepping(payout_id, PayoutState.SENT)
    if payout.items.filter(due__sale__frozen_at__isnull=False).exists():
        raise Conflict(f"A sale in {payout} is disputed: withdraw it and draft again.")
    owed = _still_payable(payout)
    if payout.amount > owed:
        raise Conflict(f"Only {owed} is owed by now: withdraw {payout} and draft again.")
    payout.bank_reference, payout.sent_at = reference, timezone.now()
    post(
        kind="payout_sent",
        source=str(payout.pk),
        description=f"{payout} to {payout.payee.name} sent",
        entries=moved(payout.amount, to=account_of(payout.payee), out_of=IN_TRANSIT),
    )
    return _moved(payout, PayoutState.SENT)


@transaction.atomic
def mark_paid(*, payout_id: UUID) -> Payout:
    """The bank paid it; its commissions are paid out. Raises NotFound, Conflict."""
    payout = _stepping(payout_id, PayoutState.PAID)
    payout.finished_at = timezone.now()
    post(
        kind="payout_paid",
        source=str(payout.pk),
        description=f"{payout} to {payout.payee.name} paid",
        entries=moved(payout.amount, to=IN_TRANSIT, out_of=BANK),
    )
    sales = payout.items.filter(due__cause=EARNED).values("due__sale_id")
    with as_house("paid out"):
        Commission.objects.filter(
            beneficiary_id=payout.payee_id,
            sale_id__in=sales,
            state__in=[CommissionState.HELD, CommissionState.PAYABLE],
        ).update(state=CommissionState.PAID, updated_at=timezone.now())
    return _moved(payout, PayoutState.PAID)


@transaction.atomic
def mark_failed(*, payout_id: UUID, reason: str) -> Payout:
    """The bank sent it back: we owe it again, and it may be drafted anew.

    Raises NotFound, Conflict.
    """
    payout = _stepping(payout_id, PayoutState.FAILED)
    payout.failure, payout.finished_at = reason.strip() or "not said", timezone.now()
    post(
        kind="payout_failed",
        source=str(payout.pk),
        description=f"{payout} to {payout.payee.name} came back",
        entries=moved(payout.amount, to=IN_TRANSIT, out_of=account_of(payout.payee)),
    )
    payout.items.update(released=True)
    return _moved(payout, PayoutState.FAILED)


@transaction.atomic
def withdraw_payout(*, payout_id: UUID) -> Payout:
    """Before it was sent: never mind. Its dues may be drafted anew. Raises NotFound, Conflict."""
    payout = _stepping(payout_id, PayoutState.CANCELLED)
    payout.finished_at = timezone.now()
    payout.items.update(released=True)
    return _moved(payout, PayoutState.CANCELLED)


def _still_payable(payout: Payout) -> Money:
    """What was drafted for the payee, less what was taken back since. What they are owed for
    other sales and must wait for does not make up for it: it may be taken back as well.
    """
    now = owed_to(payout.payee_id).get(payout.currency, Owed(payout.currency))
    drafted = now.money(now.drafted + min(now.payable, 0))
    return min(drafted, owed_in_books(payout.payee, payout.currency))


def _stepping(payout_id: UUID, to: PayoutState) -> Payout:
    """The payout, locked, if `to` is a step it may take."""
    payout = lock_payout(payout_id)
    if to not in PAYOUT_NEXT[PayoutState(payout.state)]:
        state = payout.get_state_display().lower()
        raise Conflict(f"{payout} is {state} and cannot become {to.label.lower()}.")
    return payout


def _moved(payout: Payout, to: PayoutState) -> Payout:
    was, payout.state = payout.state, to
    payout.save()
    record_audit(
        action=f"payout.{to.value}",
        resource=payout,
        details={"was": was, "amount": str(payout.amount)},
    )
    return payout


def _new_reference() -> str:
    """ "PO" and ten letters and digits: banks take nothing else in a reference."""
    return "PO" + "".join(secrets.choice(ALPHABET) for _ in range(10))
