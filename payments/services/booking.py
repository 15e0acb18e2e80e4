"""Which entries a payment makes in the books."""

from core.money import Money
from payments.gateways.interface import GatewayPayment
from payments.models import Payment, PaymentAttempt
from payments.services.accounts import OVERPAID, at_gateway, earned_by, fees_of
from payments.services.ledger import moved, post


def book_captured(payment: Payment, attempt: PaymentAttempt, amount: Money) -> None:
    """The gateway holds the amount; what was owed for the purpose is paid."""
    post(
        kind="payment",
        source=str(attempt.pk),
        payment_id=payment.pk,
        description=f"{payment.reference} paid through {payment.gateway}",
        entries=moved(amount, to=at_gateway(attempt.gateway), out_of=earned_by(payment.purpose)),
    )


def book_overpaid(payment: Payment, attempt: PaymentAttempt, amount: Money) -> None:
    """The same payment was paid a second time: we hold the money and owe it back."""
    post(
        kind="overpayment",
        source=str(attempt.pk),
        payment_id=payment.pk,
        description=f"{payment.reference} paid once more through {payment.gateway}",
        entries=moved(amount, to=at_gateway(attempt.gateway), out_of=OVERPAID),
    )


def book_fee(payment: Payment, attempt: PaymentAttempt, seen: GatewayPayment) -> None:
    """The gateway's fee, as soon as it is known; often later than the money itself."""
    if seen.fee is None or attempt.fee_minor is not None:
        return
    attempt.fee_minor, attempt.fee_currency = seen.fee.minor, seen.fee.currency
    attempt.save(update_fields=["fee_minor", "fee_currency", "updated_at"])
    if seen.fee:
        post(
            kind="gateway_fee",
            source=str(attempt.pk),
            payment_id=payment.pk,
            description=f"Fee of {attempt.gateway} for {payment.reference}",
            entries=moved(
                seen.fee, to=fees_of(attempt.gateway), out_of=at_gateway(attempt.gateway)
            ),
        )


def book_refunded(
    payment: Payment, attempt: PaymentAttempt, amount: Money, *, altogether: Money
) -> None:
    """Money went back. `altogether` names this step: the gateway counts refunds up."""
    post(
        kind="refund",
        source=f"{attempt.pk}:{altogether.minor}",
        payment_id=payment.pk,
        description=f"{payment.reference} refunded",
        entries=moved(
            amount,
            to=OVERPAID if attempt.overpaid else earned_by(payment.purpose),
            out_of=at_gateway(attempt.gateway),
        ),
    )
