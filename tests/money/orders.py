"""Orders with lines of several vendors, and what is owed for them."""

from typing import Any

from django.utils import timezone

from commerce.models import Order, OrderLine, Vendor
from commerce.tests.shop import make_order, share_figures
from core.ids import new_id
from payments.models import Payment, PaymentAttempt


def owed_payment(
    currency: str, gateway: str, goods: list[tuple[Vendor, int]], **more: Any
) -> Payment:
    """An order and the payment that is owed for it; past `open_payment`, which asks whether the
    real gateway takes the currency."""
    subtotal = sum(total for _, total in goods)
    added = more["shipping_minor"] + more["tax_minor"] - more["discount_minor"]
    order: Order = make_order(
        currency=currency, subtotal_minor=subtotal, total_minor=subtotal + added, **more
    )
    for position, (vendor, total) in enumerate(goods, start=1):
        OrderLine.objects.create(
            order=order,
            position=position,
            vendor=vendor,
            sku="X",
            name="X",
            quantity=1,
            currency=currency,
            unit_price_minor=total,
            total_minor=total,
        )
    share_figures(order)
    payment = Payment.objects.create(
        purpose="order",
        purpose_id=order.pk,
        email=order.email,
        amount_minor=order.total_minor,
        currency=currency,
        gateway=gateway,
        user_id=order.user_id,
    )
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    return payment


def another_attempt(payment: Payment) -> PaymentAttempt:
    """A try to get it paid."""
    return PaymentAttempt.objects.create(
        payment=payment,
        gateway=payment.gateway,
        idempotency_key=str(new_id()),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        expires_at=timezone.now(),
    )
