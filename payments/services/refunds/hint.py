"""The sum that gateways tell with a payment: a hint that we should ask, never the truth itself."""

from core.events import publish
from payments.enums import AttemptState
from payments.gateways.interface import GatewayPayment
from payments.models import Payment, PaymentAttempt, Refund

DIFFERS = "payment.refunds_differ"


def compare(payment: Payment, attempt: PaymentAttempt, seen: GatewayPayment) -> None:
    """When the gateway's sum is not ours, have its refunds asked for; in the caller's transaction.

    Once for each pair of sums, and again after another refund was written.
    """
    if seen.refunded is None or attempt.state != AttemptState.CAPTURED:
        return
    if seen.refunded == attempt.refunded:
        return
    rows = Refund.objects.filter(attempt=attempt).count()
    told_apart = f"{seen.refunded.minor}:{attempt.refunded_minor}:{rows}"
    publish(
        type=DIFFERS,
        subject=f"payment:{payment.pk}",
        data={"attempt_id": str(attempt.pk), "payment_id": str(payment.pk)},
        dedupe_key=f"{DIFFERS}:{attempt.pk}:{told_apart}",
    )
