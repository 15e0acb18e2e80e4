"""Tax on shipping is the order's alone: a part that is cancelled does not give it back."""

import pytest

from commerce.models import Order, OrderLine
from commerce.services.orders.cancelled_part import price_of
from commerce.tests.orders.parcels import parts_of, two_vendors
from core.money import Money

pytestmark = pytest.mark.django_db


def test_tax_on_shipping_stays_with_the_parcels_that_are_sent() -> None:
    order = two_vendors()
    OrderLine.objects.filter(order=order).update(tax_minor=200)
    Order.objects.filter(pk=order.pk).update(
        tax_minor=500, shipping_tax_minor=100, shipping_minor=500, total_minor=3000
    )
    order.refresh_from_db()
    assert [price_of(order, part) for part in parts_of(order)] == [Money(1200, "EUR")] * 2
