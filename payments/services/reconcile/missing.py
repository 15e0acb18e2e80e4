"""What we booked and the gateway's list does not show.

A list has edges, and what happened while it was read: before anything is called missing, the
gateway is asked for that one thing.
"""

from collections.abc import Iterator

from django.db import transaction

from payments.enums import REFUND_TAKEN, AttemptState
from payments.gateways.interface import Gateway, NotAtGateway, RefundSeen, Seen
from payments.house import as_house
from payments.models import (
    DifferenceKind,
    LineKind,
    PaymentAttempt,
    ReconciliationRun,
    Refund,
    StatementLine,
)
from payments.services.reconcile.finding import Finding
from payments.services.reconcile.payments import Ours, compare_payment
from payments.services.reconcile.statement import WHY, Progress
from payments.services.reconcile.within import PAYMENTS, REFUNDS, moment, pages_of

MADE_UP = "demo"  # the account of payments that never were at a gateway (payments/demo)


def payments_missing_there(
    run: ReconciliationRun, there: Gateway, *, progress: Progress
) -> Iterator[Finding]:
    """Captured attempts begun or booked in the run's window that the gateway does not have as such.

    Raises GatewayError when it cannot be asked.
    """
    for attempt in _unlisted_attempts(run):
        progress("Asked about one by one", 1)
        try:
            seen = there.fetch(
                gateway_ref=attempt.gateway_ref or "",
                payment_ref=attempt.gateway_payment_ref or "",
            )
        except NotAtGateway:
            yield _missing_there(run, attempt, "no such payment")
            continue
        if seen.state is Seen.CAPTURED:
            yield from compare_payment(seen, Ours(attempt))
        else:
            stands = f"{seen.amount} {seen.state}"
            yield _missing_there(run, attempt, stands, DifferenceKind.STATE)


def refunds_missing_there(
    run: ReconciliationRun, there: Gateway, *, progress: Progress
) -> Iterator[Finding]:
    """Refunds we count as given back that the gateway does not know. Raises GatewayError."""
    for refund in _unlisted_refunds(run):
        progress("Asked about one by one", 1)
        try:
            known = there.refunds_of(payment_ref=refund.attempt.gateway_payment_ref or "")
        except NotAtGateway:
            known = []
        same = [one for one in known if one.refund_ref == refund.gateway_ref]
        if not same or same[0].state is RefundSeen.FAILED:
            yield _refund_missing_there(run, refund, "failed" if same else "no such refund")


def _unlisted_attempts(run: ReconciliationRun) -> Iterator[PaymentAttempt]:
    rows = (
        PaymentAttempt.objects.filter(gateway=run.gateway, state=AttemptState.CAPTURED)
        .exclude(account=MADE_UP)
        .select_related("payment")
    )
    lines = StatementLine.objects.filter(run=run, kind=LineKind.PAYMENT)
    for page in pages_of(run, rows, PAYMENTS):
        refs = {row.gateway_payment_ref for row in page if row.gateway_payment_ref}
        nameless = {row.pk for row in page if not row.gateway_payment_ref}
        with as_house(WHY), transaction.atomic():
            listed = set(lines.filter(payment_ref__in=refs).values_list("payment_ref", flat=True))
            if nameless:
                by_id = lines.filter(attempt_id__in=nameless).values_list("attempt_id", flat=True)
                nameless -= set(by_id)
        for row in page:
            ref = row.gateway_payment_ref
            if row.pk in nameless or (ref and ref not in listed):
                yield row


def _unlisted_refunds(run: ReconciliationRun) -> Iterator[Refund]:
    rows = (
        Refund.objects.filter(
            gateway=run.gateway, state__in=REFUND_TAKEN, gateway_ref__isnull=False
        )
        .exclude(attempt__account=MADE_UP)
        .select_related("payment", "attempt")
    )
    lines = StatementLine.objects.filter(run=run, kind=LineKind.REFUND)
    for page in pages_of(run, rows, REFUNDS):
        with as_house(WHY), transaction.atomic():
            named = lines.filter(ref__in={row.gateway_ref for row in page})
            listed = set(named.values_list("ref", flat=True))
        yield from (row for row in page if row.gateway_ref not in listed)


def _missing_there(
    run: ReconciliationRun,
    attempt: PaymentAttempt,
    theirs: str,
    kind: DifferenceKind = DifferenceKind.MISSING_THERE,
) -> Finding:
    return Finding(
        kind=kind,
        ref=attempt.gateway_payment_ref or attempt.gateway_ref or str(attempt.pk),
        theirs=theirs,
        ours=f"{attempt.payment.reference}: {attempt.captured} booked",
        unexplained=-attempt.captured,
        proposal="Ask the gateway. Nothing is sent out for it until this is explained.",
        happened_at=moment(run, attempt, PAYMENTS),
        payment_ref=attempt.gateway_payment_ref or "",
        payment_id=attempt.payment_id,
        attempt_id=attempt.pk,
    )


def _refund_missing_there(run: ReconciliationRun, refund: Refund, theirs: str) -> Finding:
    return Finding(
        kind=DifferenceKind.REFUND_MISSING_THERE,
        ref=refund.gateway_ref or str(refund.pk),
        theirs=theirs,
        ours=f"{refund.payment.reference}: {refund.amount} given back",
        unexplained=refund.amount,
        proposal="Ask the gateway; the payer may still be waiting for this money.",
        happened_at=moment(run, refund, REFUNDS),
        payment_ref=refund.attempt.gateway_payment_ref or "",
        payment_id=refund.payment_id,
        attempt_id=refund.attempt_id,
        refund_id=refund.pk,
    )
