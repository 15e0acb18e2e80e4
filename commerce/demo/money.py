"""What became of the demo's orders at the gateways, and whose the money is."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from commerce.demo.orders import PLATFORM
from commerce.enums import OrderStatus, PaymentStatus
from commerce.imports.coming_in import history_coming_in
from commerce.models import Order
from commerce.services.orders.paid import record_money_going_back
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.shares import follow_dispute, share_out, take_back
from payments.demo.aftermath import ask_back, complain, give_back
from payments.demo.sales import Sale, write_payments
from payments.models import Dispute, Payment

BATCH = 500
SEED = 7
DISPUTES, PARTLY, ASKED = 5, 4, 2
ANSWERABLE = 2  # of the disputes; the others began longer ago
REASONS = ("The parcel never arrived", "One of the things was broken")


def pay_orders(*, progress: Callable[[int], None] = lambda done: None) -> int:
    """Give the demo's orders that have none their payment; returns how many were made."""
    made = 0
    while batch := _pay_some(random.Random(SEED + made)):  # noqa: S311 - made-up, not secret
        made += batch
        progress(made)
    return made


def go_on(*, asked_by: UUID) -> None:
    """What became of some delivered orders: disputed, given back in part, asked back. Once."""
    with history_coming_in("demo"):
        if Dispute.objects.filter(gateway_ref__startswith="demo_").exists():
            return
        delivered = iter(
            Order.objects.filter(
                external_platform=PLATFORM,
                status=OrderStatus.DELIVERED,
                payment_status=PaymentStatus.PAID,
            ).order_by("-placed_at")[: DISPUTES + PARTLY + ASKED]
        )
        for place, order in enumerate(islice(delivered, DISPUTES)):
            _dispute(order, place)
        for order in islice(delivered, PARTLY):
            _give_back_a_part(order)
        for order in islice(delivered, ASKED):
            payment = Payment.objects.get(purpose=PURPOSE, purpose_id=order.pk)
            ask_back(payment, amount=payment.amount, reason=REASONS[0], asked_by=asked_by)


def _dispute(order: Order, place: int) -> None:
    payment = Payment.objects.get(purpose=PURPOSE, purpose_id=order.pk)
    lately = timezone.now() - timedelta(days=2 if place < ANSWERABLE else 14)
    dispute = complain(payment, at=lately, place=place)
    follow_dispute(order_id=order.pk, dispute_id=dispute.pk)
    _show(order, payment)


def _give_back_a_part(order: Order) -> None:
    payment = Payment.objects.get(purpose=PURPOSE, purpose_id=order.pk)
    part = order.money(order.lines.order_by("position")[0].total_minor)
    if part >= payment.amount:
        part, _ = payment.amount.split([1, 2])
    refund = give_back(payment, at=timezone.now(), reason=REASONS[1], amount=part)
    take_back(order_id=order.pk, payment_id=payment.pk, amount=part, cause=f"refund:{refund.pk}")
    _show(order, payment)


def _show(order: Order, payment: Payment) -> None:
    payment.refresh_from_db(fields=["status"])
    record_money_going_back(order_id=order.pk, payment_id=payment.pk, status=payment.status)


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
