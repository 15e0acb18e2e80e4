"""The demo's payouts: paid, on their way, approved, drafted; what is owed to the rest waits."""

from uuid import UUID

from django.db import transaction

from core.errors import Conflict
from core.identity import acting_as_system
from payments.models import Payee, Payout
from payments.services.payouts.steps import (
    approve_payout,
    draft_payout,
    mark_paid,
    mark_sent,
)
from payments.services.sharing.owed import owed_to

PLACES = 6  # of those who are owed something, so many get a payout
ACCOUNT = "DE02120300000000202051"  # a published example, nobody's account


def pay_out(*, drafted_by: UUID, approved_by: UUID) -> None:
    """One currency of each of the first few payees, each a step further than the next."""
    with acting_as_system("demo"), transaction.atomic():
        if Payout.objects.exists():
            return
        for place, payee in enumerate(Payee.objects.order_by("kind", "name")[:PLACES]):
            payee.bank_account = ACCOUNT
            payee.save(update_fields=["bank_account", "updated_at"])
            payout = _draft(payee, drafted_by)
            if payout is not None:
                _move_on(payout, steps=PLACES - 2 - place, approved_by=approved_by)


def _draft(payee: Payee, drafted_by: UUID) -> Payout | None:
    owed = owed_to(payee.pk)
    for currency in sorted(owed, key=lambda code: -owed[code].payable):
        try:
            return draft_payout(payee_id=payee.pk, currency=currency, drafted_by=drafted_by)
        except Conflict:
            continue  # too little in this currency
    return None


def _move_on(payout: Payout, *, steps: int, approved_by: UUID) -> None:
    """Approved, sent, paid: as many of them."""
    if steps > 0:
        approve_payout(payout_id=payout.pk, approved_by=approved_by)
    if steps > 1:
        mark_sent(payout_id=payout.pk, bank_reference=payout.reference)
    if steps > 2:
        mark_paid(payout_id=payout.pk)
