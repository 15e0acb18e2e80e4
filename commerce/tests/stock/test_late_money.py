"""Too late, from the shop front to the refund at the gateway, over HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from commerce.models import Order, Reservation
from commerce.services.orders.shortages import refund_overdue
from commerce.services.stock import expire_holds
from commerce.tests.returns.sold import settle
from commerce.tests.shopper import Shopper
from commerce.tests.stock.places import let_lapse
from notifications.models import Notification
from payments.models import Payment
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def ordered(shop: Shopper, variant, key: str) -> Order:
    answer = shop.check_out(shop.cart(variant), key=key)
    assert answer.status_code == 201, answer.content
    return Order.objects.get(pk=answer.json()["data"]["order"]["id"])


def pay(house: House, order: Order) -> None:
    house.stripe.pay(house.session_of(Payment.objects.get(pk=order.payment_id)))
    settle(house)
    order.refresh_from_db()


def test_who_pays_too_late_is_told_and_gets_the_money_back(
    house: House, shop: Shopper, make
) -> None:
    variant = make(stock=1)
    late = ordered(shop, variant, "late")
    let_lapse(late)
    assert expire_holds() == 1
    quick = ordered(shop, variant, "quick")
    pay(house, quick)
    pay(house, late)
    assert (quick.status, quick.attention) == ("confirmed", "")
    assert late.payment_status == "paid"
    assert late.attention == f"Paid, but not in stock: 1 × {variant.sku}"
    assert Notification.objects.get(kind="order_waits_for_stock").email == late.email

    Reservation.objects.filter(state="waiting").update(
        expires_at=timezone.now() - timedelta(minutes=1)
    )
    assert refund_overdue() == 1
    settle(house)
    late.refresh_from_db()
    assert (late.status, late.payment_status) == ("cancelled", "refunded")
    assert [one["amount"] for one in house.stripe.stripe_book()["refunds"]] == [1250]
    assert Order.objects.get(pk=quick.pk).payment_status == "paid"


def test_who_is_sent_to_pay_again_holds_again_or_hears_that_it_is_gone(
    house: House, shop: Shopper, make
) -> None:
    variant = make(stock=1)
    token = shop.cart(variant)
    assert shop.check_out(token, key="one").status_code == 201
    order = Order.objects.get()
    let_lapse(order)
    assert expire_holds() == 1
    assert shop.check_out(token, key="two").status_code == 201
    assert variant.stock_items.get().reserved == 1
    let_lapse(order)
    ordered(shop, variant, "other")
    gone = shop.check_out(token, key="three")
    assert gone.status_code == 409
    assert gone.json()["error"]["details"]["out_of_stock"][0]["sku"] == variant.sku
