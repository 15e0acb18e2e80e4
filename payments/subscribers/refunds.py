"""Refunds on their way: handed over, asked about, told to the payer."""

from collections.abc import Callable
from uuid import UUID

from accounts.models import User
from core.events import Event, Retry, subscribe
from notifications.services.notify import notify
from payments.enums import RefundState
from payments.gateways.interface import GatewayError
from payments.models import Refund
from payments.services import refunds
from payments.services.refunds.hint import DIFFERS

Effect = Callable[[], None]
ASK_AGAIN_AFTER = 90.0  # seconds; a call that is still out there has ended by then


@subscribe("refund.approved", queue="money", outside=True)
def send_refund(event: Event) -> None:
    """An approved refund goes to its gateway; without an answer it is asked about again."""
    refund = refunds.execute_refund(refund_id=UUID(event.data["refund_id"]))
    if refund.state == RefundState.SUBMITTED:
        raise Retry(refund.error or "The gateway has not answered yet.", after=ASK_AGAIN_AFTER)


@subscribe(DIFFERS, queue="money", outside=True)
def ask_which_refunds_there_are(event: Event) -> Effect:
    """A gateway's sum of refunds is not ours: ask for each of them."""
    try:
        return refunds.refunds_seen(UUID(event.data["attempt_id"]), source=f"event {event.id}")
    except GatewayError as why:
        raise Retry(why.message) from why


@subscribe("refund.taken", queue="default")
def tell_payer_of_refund(event: Event) -> None:
    """Money is on its way back: one message a refund."""
    refund = Refund.objects.select_related("payment").get(pk=event.data["refund_id"])
    payment = refund.payment
    payer = User.objects.filter(pk=payment.user_id).first()  # may have left meanwhile
    notify(
        kind="payment_refunded",
        dedupe_key=f"refunded:{refund.pk}",
        context={
            "reference": payment.reference,
            "amount": refund.amount.as_json(),
            "paid": payment.amount.as_json(),
            "description": payment.description,
        },
        email=payment.email,
        user_id=payer.pk if payer else None,
        language=payment.language,
    )
