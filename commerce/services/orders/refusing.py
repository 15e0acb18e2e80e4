"""Which orders' lines stay as they are, and what is to be done instead."""

from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order
from commerce.services.orders.revise import BEFORE_IT_IS_SENT
from commerce.services.orders.settlement import due_of
from core.errors import Conflict
from payments.enums import PaymentStatus as GatewayStatus
from payments.models import Payment

CHANGED_WHEN = (PaymentStatus.UNPAID, PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED)
ON_ITS_WAY = (GatewayStatus.PROCESSING, GatewayStatus.HELD, GatewayStatus.SUCCESS)
ELSEWHERE = "{number} comes from {platform}: change it there, or its next news undoes it."
NOT_OURS = "The {what} of {number} was not worked out here: it cannot be worked out anew."


def refuse_other_orders(order: Order) -> None:
    """Raises Conflict for what is sent or over, comes from elsewhere, or has figures of which
    nobody here knows how they came about."""
    if order.status not in BEFORE_IT_IS_SENT:
        over = order.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
        advice = "Place another order." if over else "What was sent comes back by a return."
        raise Conflict(
            f"{order.number} is {order.get_status_display().lower()}. {advice}",
            details={"status": order.status},
        )
    if order.payment_status not in CHANGED_WHEN:
        raise Conflict(f"{order.number} is {order.get_payment_status_display().lower()}.")
    if order.external_platform:
        raise Conflict(ELSEWHERE.format(number=order.number, platform=order.external_platform))
    if order.discount_minor and not order.coupon_code:
        raise Conflict(NOT_OURS.format(what="discount", number=order.number))
    taxed = order.lines.filter(tax_rate=0)
    if any(line.tax_minor or line.included_tax_minor for line in taxed):
        raise Conflict(NOT_OURS.format(what="tax", number=order.number))


def refuse_money_on_its_way(order: Order) -> None:
    """What is being paid at this moment keeps its sum: the order itself, or what a change of it
    cost more. Raises Conflict."""
    if order.payment_status == PaymentStatus.UNPAID:
        payment_id = order.payment_id
    else:
        due = due_of(order)
        payment_id = due.payment_id if due else None
    if payment_id and Payment.objects.filter(pk=payment_id, status__in=ON_ITS_WAY).exists():
        raise Conflict(f"Money for {order.number} is on its way: wait until it is there.")
