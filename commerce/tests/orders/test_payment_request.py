"""Staff mail the page to pay on: once an hour, only where something is to be paid."""

import pytest
from django.utils import timezone

from commerce.enums import PaymentStatus
from commerce.services.orders.payment_request import ask_for_payment
from commerce.tests.orders.parcels import two_vendors
from commerce.tests.shop import make_order, make_vendor
from core.errors import Conflict, Invalid
from notifications.models import Notification
from payments.models import Payment
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def test_an_order_taken_on_the_phone_is_paid_by_the_mailed_page(house: House) -> None:
    order = two_vendors(source="admin", language="fr")
    house.work()
    assert not Notification.objects.exists()  # staff say when it is ready
    for _ in range(2):
        payment = ask_for_payment(order_id=order.pk, gateway="stripe")
    (told,) = Notification.objects.all()
    assert (told.kind, told.language) == ("order_payment_request", "fr")
    assert told.context["url"] == payment.authorization_url
    assert told.context["amount"] == order.total.as_json()
    assert payment.description == f"Commande {order.number}"
    assert Payment.objects.count() == 1
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()
    order.refresh_from_db()
    assert (order.payment_status, order.status) == ("paid", "confirmed")


@pytest.mark.parametrize("fields", [
    {"payment_status": PaymentStatus.PAID, "paid_at": timezone.now()}, {"status": "cancelled"},
    {"email": ""}, {"subtotal_minor": 0, "total_minor": 0},
])  # fmt: skip
def test_nobody_is_asked_for_what_is_not_owed(fields: dict[str, object]) -> None:
    order = make_order(**fields)
    with pytest.raises(Conflict):
        ask_for_payment(order_id=order.pk, gateway="stripe")
    assert not Payment.objects.exists()


def test_a_gateway_without_keys_is_told_and_the_order_stays() -> None:
    order = make_order(make_vendor())
    with pytest.raises(Invalid, match="not set up"):
        ask_for_payment(order_id=order.pk, gateway="stripe")
    order.refresh_from_db()
    assert (order.status, order.payment_id) == ("pending", None)
