"""Gateways' webhooks, the thank-you, the fee."""

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from core.events import Event, Ignore, Retry, subscribe
from notifications.services.notify import notify
from payments.addresses import page_url, payment_receipt_url
from payments.enums import PaymentStatus
from payments.gateways import paystack, razorpay, stripe
from payments.gateways.interface import GatewayError, NotOurs
from payments.models import Payment
from payments.services import arrivals, fees

Effect = Callable[[], None]


@subscribe(*stripe.MOVING, queue="money", outside=True)
def settle_stripe_event(event: Event) -> Effect | None:
    """Money moved at Stripe: act on what the event says, or on what Stripe shows."""
    return _effect_of(event)


@subscribe(*razorpay.PAGES, queue="money", outside=True)
def settle_razorpay_page(event: Event) -> Effect | None:
    """A page we opened at Razorpay is paid or closed: needs no asking, and waits for nothing."""
    return _effect_of(event)


@subscribe(*razorpay.HINTS, queue="money", outside=True)
def settle_razorpay_event(event: Event) -> Effect | None:
    """Something moved at Razorpay: it is asked what. While it is away these wait, in order."""
    return _effect_of(event)


@subscribe(*paystack.MOVING, queue="money", outside=True)
def settle_paystack_event(event: Event) -> Effect | None:
    """Money moved at Paystack: ask Paystack how things stand, and act on that."""
    return _effect_of(event)


@subscribe("payment.succeeded", queue="default")
def thank_payer(event: Event) -> None:
    """One thank-you per payment, however often it is told."""
    payment = Payment.objects.get(pk=event.data["payment_id"])
    payer = User.objects.filter(pk=payment.user_id).first()  # may have left meanwhile
    notify(
        kind="payment_thank_you",
        dedupe_key=f"thanks:{payment.pk}",
        context={
            "reference": payment.reference,
            "amount": payment.amount.as_json(),
            "description": payment.description,
            "receipt_url": payment_receipt_url(payment.reference),
        },
        email=payment.email,
        user_id=payer.pk if payer else None,
        language=payment.language,
    )


@subscribe("payment.failed", queue="default")
def tell_payer_of_failure(event: Event) -> None:
    """One message per payment that the gateway declined, unless it was paid meanwhile."""
    data = event.data
    if data["status"] != PaymentStatus.FAILED:
        raise Ignore("Its page has closed: nobody tried to pay.")
    if "reason" not in data:
        raise Ignore("The gateway opened no page: whoever was paying was told so at once.")
    payment = Payment.objects.get(pk=data["payment_id"])
    if payment.status != PaymentStatus.FAILED:
        raise Ignore(f"It is {payment.get_status_display().lower()} by now.")
    payer = User.objects.filter(pk=payment.user_id).first()
    notify(
        kind="payment_failed",
        dedupe_key=f"payment_failed:{payment.pk}",
        context={
            "reference": payment.reference,
            "amount": payment.amount.as_json(),
            "name": payer.full_name if payer else "",
            "description": payment.description,
            "url": page_url(payment.reference),
        },
        email=payment.email,
        user_id=payer.pk if payer else None,
        language=payment.language,
        category="essential",
    )


@subscribe("payment.succeeded", queue="bulk", outside=True)
def book_gateway_fee(event: Event) -> Effect | None:
    """Webhooks do not tell the fee; the gateway does when asked, often a little later."""
    with transaction.atomic():
        attempt = fees.attempt_without_fee(event.data["payment_id"])
    if attempt is None:
        raise Ignore("The fee is booked already.")
    try:
        return fees.booked(attempt)
    except fees.FeeNotKnown as why:
        raise Retry(str(why)) from why
    except GatewayError as why:
        raise Retry(why.message) from why


def _effect_of(event: Event) -> Effect:
    """What a gateway's event does here. Raises Ignore for what is not ours, Retry."""
    try:
        return arrivals.effect_of(event)
    except NotOurs as why:
        raise Ignore(str(why)) from why
    except GatewayError as why:
        raise Retry(why.message) from why
