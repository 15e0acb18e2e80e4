"""Mending: what the gateway shows goes through the same door as a webhook. Nothing else books."""

from uuid import UUID

import structlog
from django.db import transaction

from core.audit import record_audit
from core.errors import Conflict, DomainError, Invalid, UpstreamUnavailable
from core.events import Retry
from payments.gateways.interface import (
    Gateway,
    GatewayError,
    GatewayPayment,
    GatewayRefund,
    NotAtGateway,
)
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.models import (
    Difference,
    DifferenceKind,
    DifferenceState,
    Payment,
    StatementLine,
)
from payments.services import refunds
from payments.services.billing import invoice_fees, invoice_money
from payments.services.reconcile import book
from payments.services.reconcile.compare import differences_of
from payments.services.reconcile.finding import Finding
from payments.services.reconcile.statement import WHY, seen_in
from payments.services.settle import settle

logger = structlog.get_logger(__name__)

ABOUT_REFUNDS = (
    DifferenceKind.REFUND_MISSING_HERE,
    DifferenceKind.REFUND_MISSING_THERE,
    DifferenceKind.REFUND_AMOUNT,
    DifferenceKind.REFUND_STATE,
)
BY_THE_RUN = "Settled by what the gateway's list shows."


def mend_listed(finding: Finding, line: StatementLine, there: Gateway) -> bool:
    """Settle one safe difference by its line; whether it is mended. Outside transactions.

    What cannot be settled stays open with the reason, and stops no other. Raises GatewayError
    where the gateway has to be asked and does not answer.
    """
    seen = seen_in(line)
    if isinstance(seen, GatewayPayment) and not _names_ours(finding, seen):
        # lists of some gateways leave our reference out; the single object has it
        seen = there.fetch(gateway_ref=seen.gateway_ref, payment_ref=seen.payment_ref)
    try:
        _settle(there.slug, finding.attempt_id, finding.invoice_id, seen)
    except (DomainError, Retry) as refusal:
        logger.warning("reconcile.not_mended", ref=finding.ref, error=str(refusal))
    with as_house(WHY), transaction.atomic():
        rows = Difference.objects.select_for_update().filter(gateway=there.slug)
        row = rows.get(kind=finding.kind, ref=finding.ref)
        return _closed_when_mended(row, seen, reason=BY_THE_RUN, by=None)


def mend(*, difference_id: UUID, by: UUID | None) -> Difference:
    """A person has one difference mended: the gateway is asked now and what it shows is settled.

    Outside transactions. Raises Invalid for one that settling cannot mend, Conflict for one that
    is closed or stays as it is, UpstreamUnavailable.
    """
    row = _open(difference_id)
    if not row.mendable:
        raise Invalid(f"Settling does not mend this. {row.proposal}")
    try:
        seen = _shown_now(row)
    except NotAtGateway as gone:
        raise Conflict("The gateway does not know it any more; compare again.") from gone
    except GatewayError as error:
        raise UpstreamUnavailable(f"{error.message} Please try again in a moment.") from error
    try:
        _settle(row.gateway, row.attempt_id, row.invoice_id, seen)
    except Retry as early:
        raise Conflict(str(early)) from early
    with as_house(WHY), transaction.atomic():
        row = Difference.objects.select_for_update().get(pk=row.pk)
        mended = _closed_when_mended(row, seen, reason="Settled by what the gateway shows.", by=by)
        _trace("mend", row, mended=mended)
    if not mended:
        raise Conflict(f"Still different after settling: {row.ours}")
    return row


def explain(*, difference_id: UUID, by: UUID, reason: str) -> Difference:
    """A person knows why it is so: no longer unexplained. Raises Invalid, Conflict."""
    return _decide(difference_id, DifferenceState.EXPLAINED, by, reason)


def write_off(*, difference_id: UUID, by: UUID, reason: str) -> Difference:
    """A person gives the money up: no longer unexplained. Raises Invalid, Conflict.

    The books stay as they are; a correction is a booking of its own.
    """
    return _decide(difference_id, DifferenceState.WRITTEN_OFF, by, reason)


def _decide(difference_id: UUID, state: DifferenceState, by: UUID, reason: str) -> Difference:
    if not reason.strip():
        raise Invalid("Say why: the next person has only this.", details={"reason": ["Required."]})
    with transaction.atomic():
        row = _open(difference_id, lock=True)
        book.close(row, state, reason=reason.strip(), by=by)
        _trace(state.value, row, mended=False)
    return row


def _open(difference_id: UUID, *, lock: bool = False) -> Difference:
    with transaction.atomic():
        rows = Difference.objects.select_for_update() if lock else Difference.objects
        row = rows.get(pk=difference_id)
    if row.state != DifferenceState.OPEN:
        raise Conflict(f"This is {row.get_state_display().lower()} already.")
    return row


def _names_ours(finding: Finding, seen: GatewayPayment) -> bool:
    with as_house(WHY), transaction.atomic():
        rows = Payment.objects.filter(reference=seen.reference)
        return rows.values_list("pk", flat=True).first() == finding.payment_id


def _shown_now(row: Difference) -> GatewayPayment | GatewayRefund:
    """Raises GatewayError."""
    there = gateway_named(row.gateway)
    if row.kind in ABOUT_REFUNDS:
        known = there.refunds_of(payment_ref=row.payment_ref)
        same = [one for one in known if one.refund_ref == row.ref]
        if not same:
            raise NotAtGateway(f"No refund is called {row.ref}.")
        return same[0]
    return there.fetch(payment_ref=row.payment_ref, gateway_ref="" if row.payment_ref else row.ref)


def _settle(
    gateway: str,
    attempt_id: UUID | None,
    invoice_id: UUID | None,
    seen: GatewayPayment | GatewayRefund,
) -> None:
    """As a webhook would. Raises Invalid for what is not ours."""
    if invoice_id is not None and isinstance(seen, GatewayRefund):
        invoice_money.refunded(gateway=gateway, seen=seen, source="reconcile")
    elif invoice_id is not None and isinstance(seen, GatewayPayment):
        invoice_fees.book_seen(invoice_id, seen)
    elif attempt_id is None:
        raise Invalid("No attempt of ours belongs to it.")
    elif isinstance(seen, GatewayRefund):
        refunds.observe(attempt_id=attempt_id, seen=seen, source="reconcile")
    else:
        settle(attempt_id=attempt_id, seen=seen, source="reconcile")


def _closed_when_mended(
    row: Difference, seen: GatewayPayment | GatewayRefund, *, reason: str, by: UUID | None
) -> bool:
    """Look again: closed when the difference is not there any more, else brought up to date."""
    again = {finding.key: finding for finding in differences_of(row.gateway, seen)}
    left = again.get((row.kind, row.ref))
    if left is None:
        book.close(row, DifferenceState.MENDED, reason=reason, by=by)
        return True
    row.ours, row.theirs, row.proposal = left.ours, left.theirs, left.proposal
    row.mendable = left.mendable
    row.unexplained_minor, row.currency = left.unexplained.minor, left.unexplained.currency
    row.save()
    return False


def _trace(what: str, row: Difference, *, mended: bool) -> None:
    record_audit(
        action=f"difference.{what}",
        resource=row,
        details={"kind": row.kind, "ref": row.ref, "mended": mended, "why": row.reason},
    )
