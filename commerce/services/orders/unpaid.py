"""Orders nobody pays do not hold goods for ever."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.enums import OrderSource, OrderStatus, PaymentStatus
from commerce.models import Order
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.status import change_status
from core.identity import acting_as_system
from payments.enums import PaymentStatus as GatewayStatus
from payments.models import Payment

logger = structlog.get_logger(__name__)

HELD_FOR = timedelta(hours=24)  # many times as long as a gateway's page stays open
AT_ONCE = 1000
ON_ITS_WAY = (GatewayStatus.PROCESSING, GatewayStatus.HELD, GatewayStatus.SUCCESS)


def cancel_unpaid_orders() -> int:
    """Cancel what was placed in the shop front and not paid in time; returns how many.

    Money that is on its way (a bank transfer, a payment held for review) keeps the order alive.
    Each order is a transaction of its own.
    """
    with acting_as_system("unpaid orders"), transaction.atomic():
        due = list(
            Order.objects.filter(
                status=OrderStatus.PENDING,
                payment_status=PaymentStatus.UNPAID,
                source=OrderSource.STOREFRONT,
                placed_at__lt=timezone.now() - HELD_FOR,
            )
            .order_by("placed_at")
            .values_list("pk", flat=True)[:AT_ONCE]
        )
    return sum(_try_to_cancel(order_id) for order_id in due)


def _try_to_cancel(order_id: UUID) -> bool:
    """One order that cannot be cancelled keeps no other's goods."""
    try:
        return _cancel(order_id)
    except Exception:
        logger.exception("unpaid.failed", order=str(order_id))
        return False


def _cancel(order_id: UUID) -> bool:
    with acting_as_system("unpaid orders"), transaction.atomic():
        order = locks.lock_order(order_id)
        if (order.status, order.payment_status) != (OrderStatus.PENDING, PaymentStatus.UNPAID):
            return False
        on_its_way = Payment.objects.filter(
            purpose=PURPOSE, purpose_id=order_id, status__in=ON_ITS_WAY
        )
        if on_its_way.exists():
            return False
        hours = int(HELD_FOR.total_seconds() // 3600)
        change_status(
            order_id=order_id, to=OrderStatus.CANCELLED, reason=f"not paid within {hours} hours"
        )
        return True
