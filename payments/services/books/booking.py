"""Which entries a payment makes in the books, each once.

`payment`: held by the gateway, owed for the purpose. `overpayment`: what came twice, owed back.
`gateway_fee`: as soon as it is known. `settlement`: where the gateway pays us in another currency.
`refund`, and `refund_failed` when it comes back. Disputes have books of their own (disputes/).
"""

from django.db.models import Sum

from core.money import Money
from payments.enums import AttemptState
from payments.gateways.interface import GatewayPayment
from payments.models import LedgerEntry, Payment, PaymentAttempt, Refund
from payments.services.books.accounts import FX, OVERPAID, at_gateway, earned_by, fees_of
from payments.services.books.ledger import Line, moved, post


def book_captured(payment: Payment, attempt: PaymentAttempt, amount: Money) -> None:
    """The gateway holds the amount; what was owed for the purpose is paid. What came in above
    what was asked for is owed back."""
    surplus = Money(max(0, (amount - payment.amount).minor), amount.currency)
    entries = [
        (at_gateway(attempt.gateway), amount),
        (earned_by(payment.purpose), surplus - amount),
        (OVERPAID, -surplus),
    ]
    post(
        kind="payment",
        source=str(attempt.pk),
        payment_id=payment.pk,
        description=f"{payment.reference} paid through {payment.gateway}",
        entries=[entry for entry in entries if entry[1]],
    )


def book_overpaid(payment: Payment, attempt: PaymentAttempt, amount: Money) -> None:
    """The same payment was paid a second time, or by money that was not asked for: we hold it and
    owe it back."""
    post(
        kind="overpayment",
        source=str(attempt.pk),
        payment_id=payment.pk,
        description=f"{payment.reference}: {amount} through {payment.gateway} are owed back",
        entries=moved(amount, to=at_gateway(attempt.gateway), out_of=OVERPAID),
    )


def book_settled(payment: Payment, attempt: PaymentAttempt, seen: GatewayPayment) -> None:
    """Where the gateway pays us in another currency, what it turned the amount into."""
    settled = seen.settled
    if settled is None or not attempt.captured or settled.currency == attempt.captured.currency:
        return
    post(
        kind="settlement",
        source=str(attempt.pk),
        payment_id=payment.pk,
        description=f"{attempt.gateway} turned {attempt.captured} into {settled}",
        entries=exchanged(attempt.gateway, attempt.captured, settled),
    )


def book_fee(payment: Payment, attempt: PaymentAttempt, seen: GatewayPayment) -> None:
    """The gateway's fee, as soon as it is known; often later than the money itself. Some charge
    for a failed try too, and again for the one that succeeds."""
    if seen.fee is None:
        return
    source = str(attempt.pk)
    if attempt.state == AttemptState.CAPTURED:
        if attempt.fee_minor is not None:
            return
        attempt.fee_minor, attempt.fee_currency = seen.fee.minor, seen.fee.currency
        attempt.save(update_fields=["fee_minor", "fee_currency", "updated_at"])
    else:
        source = f"{attempt.pk}:{seen.declined_ref or seen.state}"
    if seen.fee:
        post(
            kind="gateway_fee",
            source=source,
            payment_id=payment.pk,
            description=f"Fee of {attempt.gateway} for {payment.reference}",
            entries=moved(
                seen.fee, to=fees_of(attempt.gateway), out_of=at_gateway(attempt.gateway)
            ),
        )


def book_refund(payment: Payment, refund: Refund) -> None:
    """The gateway has taken the money. What was owed back anyway is paid off first."""
    owed = min(refund.amount_minor, max(0, _owed_back(payment, refund.currency).minor))
    refund.owed_back_minor, refund.is_booked = owed, True
    refund.save(update_fields=["owed_back_minor", "is_booked", "updated_at"])
    post(
        kind="refund",
        source=str(refund.pk),
        payment_id=payment.pk,
        description=f"{refund.amount} of {payment.reference} given back",
        entries=_given_back(payment, refund),
    )


def book_refund_settled(payment: Payment, refund: Refund) -> None:
    """Where the gateway pays us in another currency, what it took for the refund."""
    if refund.settled is not None:
        post(
            kind="settlement",
            source=f"refund:{refund.pk}",
            payment_id=payment.pk,
            description=f"{refund.gateway} took {refund.settled} for {refund.amount}",
            entries=exchanged(refund.gateway, -refund.amount, -refund.settled),
        )


def unbook_refund(payment: Payment, refund: Refund) -> None:
    """The money came back to us: the bank could not give it to the payer."""
    book_refund_settled(payment, refund)  # where it is known only now
    refund.is_booked = False
    refund.save(update_fields=["is_booked", "updated_at"])
    post(
        kind="refund_failed",
        source=str(refund.pk),
        payment_id=payment.pk,
        description=f"{refund.amount} of {payment.reference} could not be given back",
        entries=[(account, -amount) for account, amount in _given_back(payment, refund)],
    )
    if refund.settled is not None:
        post(
            kind="settlement",
            source=f"refund_failed:{refund.pk}",
            payment_id=payment.pk,
            description=f"{refund.gateway} gave {refund.settled} back for {refund.amount}",
            entries=exchanged(refund.gateway, refund.amount, refund.settled),
        )


def _given_back(payment: Payment, refund: Refund) -> list[Line]:
    parts = [
        (OVERPAID, refund.owed_back),
        (earned_by(payment.purpose), refund.amount - refund.owed_back),
        (at_gateway(refund.gateway), -refund.amount),
    ]
    return [(account, amount) for account, amount in parts if amount]


def _owed_back(payment: Payment, currency: str) -> Money:
    """What stands in the books as owed back to this payer."""
    held = LedgerEntry.objects.filter(
        transaction__payment_id=payment.pk, account__code=OVERPAID.code, currency=currency
    ).aggregate(total=Sum("amount_minor"))["total"]
    return Money(-int(held or 0), currency)


def exchanged(gateway: str, amount: Money, into: Money) -> list[Line]:
    """`amount` leaves what the gateway holds, `into` comes in; the exchange stands between."""
    held = at_gateway(gateway)
    return [(held, -amount), (FX, amount), (held, into), (FX, -into)]
