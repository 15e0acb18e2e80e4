"""Through the real checkout into the real books: vendors, shop and state get the total, exactly."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from commerce.addresses import Address
from commerce.models import Order, OrderLine
from commerce.receipts import what_was_ordered
from commerce.services import carts
from commerce.services.orders import shares
from commerce.services.orders.checkout import check_out
from commerce.services.orders.paid import record_payment
from commerce.services.quotes import carts as cart_figures
from commerce.tests.quotes.purchases import bought, purchases
from commerce.tests.quotes.shop import (
    make_amount_off,
    make_rate,
)
from commerce.tests.shop import make_order, make_variant, make_vendor, share_figures
from commerce.tests.shopper import HOME
from core.money import Money
from payments.models import SalePart
from payments.services.books.accounts import SHIPPING, TAX
from payments.services.books.balances import trial_balance


class Purchases(TestCase):
    """Each example in a transaction of its own."""

    @given(purchases())
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def test_what_is_paid_is_shared_to_the_last_unit(self, asked: dict[str, Any]) -> None:
        order = bought(asked)
        lines = list(order.lines.all())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the database's own adding up
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert order.discount_minor == sum(line.discount_minor for line in lines)
        told = what_was_ordered(order.pk)
        assert told is not None
        assert told.total == order.total
        assert told.contained_tax.minor == order.tax_minor + order.included_tax_minor
        if not order.total:
            return
        record_payment(order_id=order.pk, payment_id=uuid4(), amount=order.total)
        shares.share_out(order_id=order.pk)
        parts = list(SalePart.objects.filter(sale__source_id=order.pk))
        assert sum(part.amount_minor for part in parts) == order.total_minor
        assert all(part.amount_minor > 0 for part in parts)
        by_account = {part.account: part.amount_minor for part in parts}
        assert by_account.get(TAX.code, 0) == order.tax_minor + order.included_tax_minor
        assert by_account.get(SHIPPING.code, 0) == (
            order.shipping_minor - order.shipping_included_tax_minor
        )
        assert set(trial_balance().values()) <= {0}


def a_sum(change: str, **values: int) -> None:
    """One statement that makes an order and its lines disagree, checked as a commit would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE commerce_order SET discount_minor = 1, total_minor = total_minor - 1",
        "UPDATE commerce_order SET tax_minor = 1, total_minor = total_minor + 1",
        "UPDATE commerce_order SET included_tax_minor = 1",
        "UPDATE commerce_order SET subtotal_minor = 900, total_minor = 900",
        "UPDATE commerce_orderline SET discount_minor = 1",
        "UPDATE commerce_orderline SET tax_minor = 1",
        "UPDATE commerce_orderline SET included_tax_minor = 1",
        "UPDATE commerce_orderline SET quantity = 2, total_minor = 2000",
        "DELETE FROM commerce_orderline",
    ],
)
def test_the_database_refuses_an_order_that_is_not_its_lines(change: str) -> None:
    make_order(make_vendor())
    a_sum("SELECT 1")
    with pytest.raises(IntegrityError, match="does not add up"):
        a_sum(change)
    a_sum("SELECT 1")


@pytest.mark.django_db
def test_lines_and_order_may_change_together_and_a_later_change_is_looked_at_again() -> None:
    order = make_order(make_vendor())
    Order.objects.filter(pk=order.pk).update(discount_minor=100, total_minor=900)
    order.refresh_from_db()
    share_figures(order)
    a_sum("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    try:
        with transaction.atomic():
            OrderLine.objects.filter(order=order).update(discount_minor=50)
    except IntegrityError:
        pass
    else:
        pytest.fail("the second change was not looked at")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db
def test_vendors_bear_the_discount_on_their_own_goods_and_tax_is_nobodys_share() -> None:
    """Two at 60.00 with 20 % in it; 12.00 off the first; commission 10 %."""
    make_rate("FR", "20")
    vendors = [make_vendor(commission_bps=1000) for _ in range(2)]
    _, token = carts.open_cart(currency="EUR")
    for vendor in vendors:
        carts.add_item(token=token, variant_id=make_variant(vendor, price="60.00").pk)
    coupon = make_amount_off("TWELVE", 1200)
    coupon.scopes.create(vendor=vendors[0])
    cart_figures.add_code(token=token, code="TWELVE")
    order = check_out(
        cart_token=token, gateway="stripe", email="a@example.com", shipping_address=Address(**HOME)
    )
    parts = {
        part.creditor.id if part.creditor else part.account: part.amount
        for part in shares.parts_of(order, list(order.lines.all()))
    }
    assert parts[vendors[0].pk] == Money(3600, "EUR")  # 48.00 holds 8.00; of 40.00 ours is 4.00
    assert parts[vendors[1].pk] == Money(4500, "EUR")  # 60.00 holds 10.00; of 50.00 ours is 5.00
    assert parts[TAX] == Money(1800, "EUR")
    assert sum((part for part in parts.values()), start=Money.zero("EUR")) == order.total
