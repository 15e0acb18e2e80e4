"""What became of the demo's orders at the gateways."""

import random
from collections.abc import Callable

from django.db.models import Exists, OuterRef

from commerce.demo.orders import PLATFORM
from commerce.imports.runner import history_coming_in
from commerce.models import Order
from commerce.services.checkout import PURPOSE
from payments.demo.sales import Sale, write_payments
from payments.models import Payment

BATCH = 500
SEED = 7


def pay_orders(*, progress: Callable[[int], None] = lambda done: None) -> int:
    """Give the demo's orders that have none their payment; returns how many were made."""
    made = 0
    while batch := _pay_some(random.Random(SEED + made)):  # noqa: S311 - made-up, not secret
        made += batch
        progress(made)
    return made


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
    return len(orders)


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
