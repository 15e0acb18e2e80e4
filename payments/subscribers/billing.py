"""Subscriptions: what the gateways tell, and what follows for people."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from core.events import Event, Ignore, Retry, subscribe
from payments import subscription_cache
from payments.gateways import paystack, razorpay, stripe
from payments.gateways.interface import GatewayError, NotOurs
from payments.services import fees
from payments.services.billing import arrivals as billing_arrivals
from payments.services.billing import dunning, invoice_fees

Effect = Callable[[], None]


@subscribe(*stripe.BILLING, queue="money", outside=True)
def mirror_stripe_billing(event: Event) -> Effect | None:
    """Customers, subscriptions and invoices of Stripe."""
    return _effect_of(event)


@subscribe(*razorpay.BILLING, queue="money", outside=True)
def mirror_razorpay_billing(event: Event) -> Effect | None:
    """Subscriptions and invoices of Razorpay."""
    return _effect_of(event)


@subscribe(*paystack.BILLING, queue="money", outside=True)
def mirror_paystack_billing(event: Event) -> Effect | None:
    """Subscriptions and invoices of Paystack, and the payments that begin them."""
    return _effect_of(event)


@subscribe(
    "subscription.created", "subscription.updated", "subscription.cancelled", queue="default"
)
def forget_cached_subscription(event: Event) -> None:
    """The cache was dropped at the commit already; this one cannot be missed."""
    subscription_cache.forget(UUID(event.data["user_id"]))


@subscribe("invoice.paid", queue="bulk", outside=True)
def book_invoice_fee(event: Event) -> Effect | None:
    """Webhooks do not tell the fee; the gateway does when asked, often a little later."""
    with transaction.atomic():
        invoice = invoice_fees.paid_invoice(event.data["invoice_id"])
    if invoice is None:
        raise Retry("The gateway has not named the invoice's money yet.")
    try:
        return invoice_fees.booked(invoice)
    except fees.FeeNotKnown as why:
        raise Retry(str(why)) from why
    except GatewayError as why:
        raise Retry(why.message) from why


@subscribe("invoice.payment_failed", queue="default")
def tell_of_failed_payment(event: Event) -> None:
    """One mail per failed try."""
    dunning.tell_payment_failed(event.data["invoice_id"], attempt=event.data["attempts"])


@subscribe("subscription.cancelled", queue="default")
def tell_of_end(event: Event) -> None:
    """One mail when a subscription has ended."""
    dunning.tell_ended(event.data["subscription_id"])


def _effect_of(event: Event) -> Effect:
    """What a gateway's event does here. Raises Ignore for what is not ours, Retry."""
    try:
        return billing_arrivals.effect_of(event)
    except NotOurs as why:
        raise Ignore(str(why)) from why
    except GatewayError as why:
        raise Retry(why.message) from why
