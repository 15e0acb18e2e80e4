"""A part of an order that was changed after it was paid: a person gives back what it cost."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from commerce.enums import PaymentStatus
from commerce.models import Order, Variant
from commerce.services.orders.cancelled_part import give_back_part
from commerce.services.orders.parts import change_part_status
from commerce.services.orders.pay import send_to_pay
from commerce.tests.orders.changing import changed, pay, settled
from commerce.tests.orders.parcels import parts_of
from commerce.tests.shop import make_order, make_variant, make_vendor
from payments.models import Refund
from payments.tests.house import House

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_paid", [False, True])
def test_a_part_that_costs_more_than_was_paid_at_first_is_given_back_by_hand(
    house: House, order: Callable[..., Order], variant: Variant, is_paid: bool
) -> None:
    other = make_variant(make_vendor(), price="3.00")
    placed = order({variant: 1, other: 1})
    send_to_pay(placed)
    pay(house, placed)
    changed(placed, lines={other.sku: 4})
    house.work()
    if is_paid:
        pay(house, placed)
    lost = parts_of(placed)[1]
    change_part_status(part_id=lost.pk, to="cancelled")
    settled(house)
    placed.refresh_from_db()
    assert not Refund.objects.exists()
    (note,) = (line for line in placed.attention.splitlines() if lost.number in line)
    assert "12.00 EUR" in note
    assert "by hand" in note


def test_a_part_of_an_order_that_costs_less_goes_back_by_itself(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    other = make_variant(make_vendor(), price="3.00")
    placed = order({variant: 1, other: 3})
    send_to_pay(placed)
    pay(house, placed)
    changed(placed, lines={other.sku: 1})
    settled(house)
    change_part_status(part_id=parts_of(placed)[1].pk, to="cancelled")
    settled(house)
    placed.refresh_from_db()
    amounts = Refund.objects.order_by("id").values_list("amount_minor", flat=True)
    assert (list(amounts), placed.attention) == ([600, 300], "")


def test_a_part_without_goods_leaves_no_note(house: House, variant: Variant) -> None:
    placed = make_order(
        make_vendor(), status="confirmed", payment_status=PaymentStatus.PAID,
        paid_at=timezone.now(),
    )  # fmt: skip
    changed(placed, lines={"A": 0}, add={variant: 1})
    house.work()
    gone = parts_of(placed)[0]
    assert gone.status == "cancelled"
    assert not give_back_part(part_id=gone.pk, requested_by=None)
    placed.refresh_from_db()
    assert placed.attention == "2.50 EUR more is to be paid: it was changed."
