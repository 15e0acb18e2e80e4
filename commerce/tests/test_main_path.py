"""Cart, checkout, payment, order paid: over HTTP, with Stripe played by the rehearsal."""

import pytest

from commerce.enums import OrderStatus, PaymentStatus, ReservationState
from commerce.models import Order, StockItem, StockMovement, Variant
from commerce.services.orders.status import change_status
from commerce.tests.shopper import Shopper
from core.models import Delivery, Event
from notifications.models import Notification
from payments.models import Payment
from payments.tests.house import House

pytestmark = pytest.mark.django_db

DEAD = "http://127.0.0.1:9"  # nobody listens on the discard port


def test_an_order_is_placed_paid_and_told(shop: Shopper, house: House, variant: Variant) -> None:
    token = shop.cart(variant, quantity=2)
    answer = shop.check_out(token)
    assert answer.status_code == 201, answer.content
    data = answer.json()["data"]
    assert data["order"]["total"] == {"amount": "25.00", "currency": "EUR"}
    assert data["order"]["status"] == "pending"
    assert data["order"]["lines"][0]["quantity"] == 2
    assert data["payment"]["status"] == "pending"
    assert data["payment"]["authorization_url"].startswith(house.running.base_url)

    order = Order.objects.get(number=data["order"]["number"])
    stock = StockItem.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (10, 2)
    assert order.customer is not None
    assert order.customer.email == "ada@example.com"

    payment = Payment.objects.get(reference=data["payment"]["reference"])
    assert payment.pk == order.payment_id
    house.stripe.pay(house.session_of(payment))
    for _ in range(3):
        house._delivered.clear()
        house.deliver()
    house.work()
    house.work()

    order.refresh_from_db()
    assert (order.status, order.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    assert order.paid_at is not None
    stock.refresh_from_db()
    assert (stock.on_hand, stock.reserved, stock.allocated) == (10, 0, 2)
    assert order.reservations.get().state == ReservationState.ALLOCATED
    assert Event.objects.filter(type="order.paid", subject=f"order:{order.pk}").count() == 1
    told = Notification.objects.values_list("kind", flat=True)
    assert sorted(told) == ["order_placed", "payment_thank_you", "vendor_new_order"]
    dead = Delivery.objects.filter(subscriber__startswith="commerce.", state="dead")
    assert not dead.exists()


def test_a_dead_gateway_is_a_502_and_the_same_request_goes_on_later(
    shop: Shopper, house: House, variant: Variant, settings
) -> None:
    alive, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, DEAD
    token = shop.cart(variant)
    answer = shop.check_out(token)
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "upstream_unavailable"
    order = Order.objects.get()
    payment = Payment.objects.get()
    assert (order.payment_id, payment.status) == (payment.pk, "pending")

    settings.STRIPE_API_BASE = alive
    again = shop.check_out(token)
    assert again.status_code == 201, again.content
    data = again.json()["data"]
    assert data["order"]["id"] == str(order.pk)
    assert data["payment"]["authorization_url"]
    assert Order.objects.count() == Payment.objects.count() == 1
    assert StockMovement.objects.filter(kind="reserve").count() == 1


def test_the_same_key_gets_the_same_answer(shop: Shopper, house: House, variant: Variant) -> None:
    token = shop.cart(variant)
    first = shop.check_out(token)
    second = shop.check_out(token)
    assert second.status_code == 201
    assert second["Idempotent-Replayed"] == "true"
    assert first.json()["data"] == second.json()["data"]


def test_another_key_finds_the_same_order(shop: Shopper, house: House, variant: Variant) -> None:
    token = shop.cart(variant)
    first = shop.check_out(token)
    second = shop.check_out(token, key="key-2")
    assert second.json()["data"]["order"]["id"] == first.json()["data"]["order"]["id"]
    assert Order.objects.count() == 1


def test_a_stranger_to_an_ordered_cart_is_refused(
    shop: Shopper, house: House, variant: Variant
) -> None:
    token = shop.cart(variant)
    shop.check_out(token)
    other = shop.check_out(token, key="key-2", email="eve@example.com")
    assert other.status_code == 409
    assert "ada@example.com" not in other.content.decode()


@pytest.mark.parametrize("page_has_closed", [True, False])
def test_a_cancelled_order_is_not_sent_to_pay(
    shop: Shopper, house: House, variant: Variant, page_has_closed: bool
) -> None:
    token = shop.cart(variant)
    shop.check_out(token)
    if page_has_closed:
        house.stripe.expire(house.session_of(Payment.objects.get()))
        house.deliver()
        house.work()
    change_status(order_id=Order.objects.get().pk, to="cancelled")
    again = shop.check_out(token, key="key-2")
    assert again.status_code == 409, again.content
    assert Payment.objects.count() == 1


def test_a_failed_payment_is_opened_anew(shop: Shopper, house: House, variant: Variant) -> None:
    token = shop.cart(variant)
    shop.check_out(token)
    first = Payment.objects.get()
    house.stripe.expire(house.session_of(first))
    house.deliver()
    house.work()
    first.refresh_from_db()
    assert first.status == "cancelled"
    again = shop.check_out(token, key="key-2")
    assert again.status_code == 201, again.content
    assert again.json()["data"]["payment"]["reference"] != first.reference
    order = Order.objects.get()
    second = Payment.objects.get(pk=order.payment_id)
    house.stripe.pay(house.session_of(second))
    house.deliver()
    house.work()
    order.refresh_from_db()
    assert order.payment_status == PaymentStatus.PAID
