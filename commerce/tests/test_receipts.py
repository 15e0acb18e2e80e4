"""What stands on the receipt of an order is what was ordered."""

import pytest
from django.urls import reverse
from django.utils import timezone

from commerce.models import Order, Variant, Vendor
from commerce.receipts import what_was_ordered
from commerce.tests.shop import make_order
from commerce.tests.shopper import Shopper
from core.ids import new_id
from payments.models import Payment, Receipt
from payments.services.receipts.issuing import issue_receipt
from payments.services.start import open_payment
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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Discount (SPRING)", "Shipping (Express)", "Includes VAT 19", "Sales tax 8.875",
                "Reverse charge"]),
        ("fr", ["Remise (SPRING)", "Livraison (Express)", "Dont VAT 19", "8,875"]),
        ("ar", ["SPRING", "Express", "VAT", "Sales tax"]),
    ],
)  # fmt: skip
def test_a_receipt_says_each_rate_the_code_and_the_way(
    vendor: Vendor, language: str, words: list[str]
) -> None:
    order = make_order(
        vendor,
        language=language,
        discount_minor=100,
        shipping_minor=500,
        tax_minor=44,
        shipping_tax_minor=44,
        shipping_tax_rate="8.875",
        shipping_tax_name="Sales tax",
        included_tax_minor=144,
        total_minor=1444,
        coupon_code="SPRING",
        shipping_method="express",
        shipping_method_name="Express",
        tax_note="Reverse charge",
    )
    order.lines.update(included_tax_minor=144, tax_rate=19, tax_name="VAT")
    payment = open_payment(
        purpose="order", purpose_id=order.pk, email=order.email, amount=order.total,
        gateway="stripe", language=language,
    )  # fmt: skip
    Payment.objects.filter(pk=payment.pk).update(
        status="success", paid_at=timezone.now(), captured_minor=order.total_minor
    )
    payment.attempts.update(
        state="captured", captured_minor=order.total_minor, captured_currency="EUR"
    )
    receipt = issue_receipt(payment_id=payment.pk)
    assert receipt is not None
    assert receipt.tax_minor == 188  # what was added and what was contained
    text = " ".join(text_of(receipt).replace("\u00a0", " ").split())
    text = "".join(letter for letter in text if letter not in "\u2066\u2067\u2068\u2069")
    for word in words:
        assert word in text, f"{word!r} is not in:\n{text}"
