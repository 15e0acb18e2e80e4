"""What stands on the receipt of an order is what was ordered."""

import pytest
from django.urls import reverse

from commerce.models import Order, Variant
from commerce.receipts import what_was_ordered
from commerce.tests.shop import make_order
from commerce.tests.shopper import Shopper
from core.ids import new_id
from payments.models import Payment, Receipt
from payments.tests.house import House
from payments.tests.receipt_pages import text_of
from payments.tests.test_admin import signed_in

pytestmark = pytest.mark.django_db


def test_a_paid_order_has_a_receipt_of_its_lines(
    shop: Shopper, house: House, variant: Variant
) -> None:
    answer = shop.check_out(shop.cart(variant, quantity=2)).json()["data"]
    payment = Payment.objects.get(reference=answer["payment"]["reference"])
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()
    receipt = Receipt.objects.get()
    text = text_of(receipt)
    for word in (answer["order"]["number"], variant.product.name, variant.sku, "€12.50", "€25.00",
                 "Ada Byron", "Lyon", "France"):  # fmt: skip
        assert word in text, f"{word!r} is not in:\n{text}"
    order = Order.objects.get(number=answer["order"]["number"])
    page = signed_in("manager").get(reverse("admin:commerce_order_change", args=[order.pk]))
    assert reverse("admin:payments_receipt_pdf", args=[receipt.pk]) in page.content.decode()


def test_sums_and_address_are_those_of_the_order(vendor) -> None:
    bill_to = {"name": "Byron Ltd", "line1": "1 King St", "city": "London", "country": "GB"}
    order = make_order(
        vendor,
        discount_minor=100,
        shipping_minor=500,
        tax_minor=280,
        total_minor=1680,
        billing_address=bill_to,
    )
    told = what_was_ordered(order.pk)
    assert told is not None
    assert told.total == order.total
    assert (told.subtotal.minor, told.tax.minor) == (1000, 280)
    assert (told.buyer, told.country) == (("Byron Ltd", "1 King St", "London"), "GB")
    assert told.subject == order.number


def test_an_order_that_is_gone_says_nothing() -> None:
    assert what_was_ordered(new_id()) is None
