"""The order's steps."""

import pytest
from django.db import IntegrityError, transaction

from commerce.enums import NEXT, OrderStatus, PaymentStatus, leading_to, may_follow
from commerce.models import Order
from commerce.services.orders.status import change_status
from commerce.tests.shop import make_order
from core.errors import Conflict, Invalid, NotFound
from core.ids import new_id
from core.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_the_table_of_steps_knows_every_status() -> None:
    assert set(NEXT) == set(OrderStatus)
    assert may_follow("refunded") == []


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("to", OrderStatus)
def test_only_the_steps_of_the_table_are_taken(status: OrderStatus, to: OrderStatus) -> None:
    order = make_order(status=status)
    if to in NEXT[status]:
        assert change_status(order_id=order.pk, to=to).status == to
        return
    with pytest.raises(Conflict) as refused:
        change_status(order_id=order.pk, to=to)
    assert refused.value.details["allowed"] == [step.value for step in may_follow(status)]
    order.refresh_from_db()
    assert order.status == status


def test_a_refusal_names_the_allowed_steps() -> None:
    order = make_order(status="shipped")
    with pytest.raises(Conflict, match="It may become: out_for_delivery, delivered, refunded"):
        change_status(order_id=order.pk, to="cancelled")


def test_a_status_nobody_knows_and_an_order_nobody_has() -> None:
    with pytest.raises(Invalid):
        change_status(order_id=make_order().pk, to="lost")
    with pytest.raises(NotFound):
        change_status(order_id=new_id(), to="confirmed")


def test_the_database_refuses_a_status_nobody_knows() -> None:
    order = make_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="lost")


def test_shipping_and_delivering_leave_their_times_and_parcel() -> None:
    order = make_order(status="processing")
    change_status(order_id=order.pk, to="shipped", carrier="DHL", tracking_number="JP1")
    change_status(order_id=order.pk, to="delivered")
    order.refresh_from_db()
    assert order.shipped_at
    assert order.delivered_at
    assert (order.carrier, order.tracking_number) == ("DHL", "JP1")


def test_cancelling_a_paid_order_asks_for_a_refund() -> None:
    from django.utils import timezone

    order = make_order(payment_status=PaymentStatus.PAID, paid_at=timezone.now())
    change_status(order_id=order.pk, to="cancelled")
    order.refresh_from_db()
    assert "refund is due" in order.attention


def test_each_step_leaves_an_audit_entry() -> None:
    order = make_order()
    change_status(order_id=order.pk, to="cancelled", reason="sold out")
    entry = AuditEntry.objects.get(action="order.cancelled")
    assert entry.details["reason"] == "sold out"
    assert leading_to(OrderStatus.DELIVERED) == [
        OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY,
    ]  # fmt: skip
