"""What became of the demo's orders at the gateways, and whose the money is."""

import random
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from commerce.demo.orders import PLATFORM
from commerce.enums import OrderStatus, PaymentStatus
from commerce.imports.runner import history_coming_in
from commerce.models import Order
from commerce.services.checkout import PURPOSE
from commerce.services.shares import follow_dispute, share_out, take_back
from payments.demo.aftermath import complain, give_back
from payments.demo.sales import Sale, write_payments
from payments.models import Dispute, Payment

BATCH = 500
SEED = 7
DISPUTES = 3


def pay_orders(*, progress: Callable[[int], None] = lambda done: None) -> int:
    """Give the demo's orders that have none their payment; returns how many were made."""
    made = 0
    while batch := _pay_some(random.Random(SEED + made)):  # noqa: S311 - made-up, not secret
        made += batch
        progress(made)
    return made


def dispute_some() -> None:
    """A few payers complained lately, so that the queue of disputes is not empty."""
    with history_coming_in("demo"):
        lately = timezone.now() - timedelta(days=2)
        delivered = Order.objects.filter(
            external_platform=PLATFORM,
            status=OrderStatus.DELIVERED,
            payment_status=PaymentStatus.PAID,
        ).order_by("-placed_at")
        wanted = DISPUTES - Dispute.objects.filter(gateway_ref__startswith="demo_").count()
        for place, order in enumerate(delivered[: max(0, wanted)]):
            payment = Payment.objects.get(purpose=PURPOSE, purpose_id=order.pk)
            dispute = complain(payment, at=lately, place=place)
            follow_dispute(order_id=order.pk, dispute_id=dispute.pk)
            order.payment_status = PaymentStatus.DISPUTED
            order.attention = "The payment is disputed: answer the gateway in time."
            order.save(update_fields=["payment_status", "attention", "updated_at"])


def _pay_some(chance: random.Random) -> int:
    paid_for = Payment.objects.filter(purpose=PURPOSE, purpose_id=OuterRef("pk"))
    with history_coming_in("demo"):
        orders = list(
            Order.objects.filter(~Exists(paid_for), external_platform=PLATFORM).order_by(
                "placed_at"
            )[:BATCH]
        )
        if not orders:
            return 0
        payments = write_payments([_sale(order) for order in orders], chance=chance)
        for order in orders:
            order.payment_id = payments[order.pk].pk
        Order.objects.bulk_update(orders, ["payment_id"])
        for order in orders:
            if order.paid_at is not None:
                _share(order, payments[order.pk])
    return len(orders)


def _share(order: Order, payment: Payment) -> None:
    """Vendors, shipping and our commission; taken back where the money went back."""
    share_out(order_id=order.pk)
    if order.payment_status != PaymentStatus.REFUNDED:
        return
    refund = give_back(payment, at=order.updated_at, reason="Cancelled by the customer")
    take_back(
        order_id=order.pk, payment_id=payment.pk, amount=refund.amount, cause=f"refund:{refund.pk}"
    )


def _sale(order: Order) -> Sale:
    return Sale(
        purpose=PURPOSE,
        purpose_id=order.pk,
        description=f"Order {order.number}",
        amount=order.total,
        email=order.email,
        language=order.language,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        customer_id=order.customer_id,
        user_id=order.user_id,
    )
