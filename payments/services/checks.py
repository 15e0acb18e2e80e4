"""Is what the gateway shows what we asked for?"""

from django.db.models import Q

from payments.enums import AttemptState
from payments.gateways.interface import GatewayPayment
from payments.models import Payment, PaymentAttempt


def objections(attempt: PaymentAttempt, payment: Payment, seen: GatewayPayment) -> list[str]:
    """Sentences a clerk can read; none when everything fits.

    Money that was taken, perhaps by a person's decision, is measured by what was taken.
    """
    wrong = []
    is_taken = attempt.state == AttemptState.CAPTURED
    expected = attempt.captured if is_taken else attempt.amount
    if seen.reference != payment.reference and not is_taken:
        wrong.append(f"The gateway names {seen.reference or 'no reference'} instead of ours.")
    if seen.amount != expected:
        wrong.append(f"The gateway shows {seen.amount} instead of {expected}.")
    if attempt.livemode is not None and seen.livemode != attempt.livemode:
        wrong.append(f"It is {_mode(seen.livemode)}, we asked for {_mode(attempt.livemode)}.")
    if seen.account and attempt.account and seen.account != attempt.account:
        wrong.append(f"It is in account {seen.account} instead of {attempt.account}.")
    for name, ours, theirs in (
        ("page", attempt.gateway_ref, seen.gateway_ref),
        ("payment", attempt.gateway_payment_ref, seen.payment_ref),
    ):
        if ours and theirs and ours != theirs:
            wrong.append(f"It is another {name} ({theirs}) than the one we opened ({ours}).")
    if belongs_to_another(attempt, seen):
        wrong.append("It belongs to another of our payments.")
    return wrong


def belongs_to_another(attempt: PaymentAttempt, seen: GatewayPayment) -> bool:
    """Whether a name at the gateway that is new to this attempt is another attempt's."""
    fresh = Q()
    if seen.gateway_ref and not attempt.gateway_ref:
        fresh |= Q(gateway_ref=seen.gateway_ref)
    if seen.payment_ref and not attempt.gateway_payment_ref:
        fresh |= Q(gateway_payment_ref=seen.payment_ref)
    others = PaymentAttempt.objects.filter(gateway=attempt.gateway).exclude(pk=attempt.pk)
    return bool(fresh) and others.filter(fresh).exists()


def _mode(livemode: bool) -> str:
    return "real money" if livemode else "test money"
