"""Drafting payouts for everybody: a batch at a time, so that a killed worker loses one batch."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict
from core.events import publish
from payments.models import Payee, PayoutRun
from payments.services.payouts.steps import draft_payout
from payments.services.sharing.owed import owed_to

NEXT_BATCH = "payouts.drafting"
BATCH = 100


def start_run(*, started_by: UUID | None) -> PayoutRun:
    """Have payouts drafted for all who are owed enough. Raises Conflict while one is under way."""
    try:
        with transaction.atomic():
            run = PayoutRun.objects.create(started_by=started_by, payees=Payee.objects.count())
            record_audit(action="payout.draft_all", resource=run)
            _go_on(run, after=None)
    except IntegrityError:
        raise Conflict("Payouts are being drafted already.") from None
    return run


@transaction.atomic
def draft_batch(*, run_id: UUID, after: UUID | None) -> None:
    """The next payees, and news that there are more."""
    run = PayoutRun.objects.select_for_update().get(pk=run_id)
    payees = Payee.objects.order_by("id")
    if after is not None:
        payees = payees.filter(id__gt=after)
    batch = list(payees.values_list("id", flat=True)[:BATCH])
    drafted = sum(_draft(payee_id, run) for payee_id in batch)
    over = len(batch) < BATCH
    PayoutRun.objects.filter(pk=run_id).update(
        seen=F("seen") + len(batch),
        drafted=F("drafted") + drafted,
        finished_at=timezone.now() if over else None,
    )
    if not over:
        _go_on(run, after=batch[-1])


def _draft(payee_id: UUID, run: PayoutRun) -> int:
    """How many drafts: one per currency in which enough is payable."""
    made = 0
    for currency, owed in sorted(owed_to(payee_id).items()):
        if owed.payable <= 0:
            continue
        try:
            draft_payout(payee_id=payee_id, currency=currency, drafted_by=run.started_by)
        except Conflict:
            continue  # too little, this time
        made += 1
    return made


def _go_on(run: PayoutRun, *, after: UUID | None) -> None:
    publish(
        type=NEXT_BATCH,
        subject=f"payoutrun:{run.pk}",
        data={"run_id": str(run.pk), "after": str(after) if after else None},
        dedupe_key=f"{NEXT_BATCH}:{run.pk}:{after}",
    )
