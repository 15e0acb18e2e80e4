"""A refund that was rejected or failed is seen by staff and asked for again; addresses follow."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import Order
from commerce.services.orders.parts import change_part_status
from commerce.services.orders.refund_again import ask_again
from commerce.services.orders.revise import revise_order
from commerce.tests.orders.parcels import parts_of, two_vendors
from commerce.tests.orders.test_cancelled_part import given_back, paid
from core.errors import Conflict
from core.identity import Identity, Role, acting_as
from core.money import Money
from notifications.models import Notification
from payments.enums import RefundState
from payments.models import Payment, Refund, SalePart
from payments.services.refunds import reject_refund, request_refund
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def rejected(house: House) -> tuple[Order, Refund]:
    """An agent cancelled a part; whoever had to approve its refund said no."""
    people = create_demo_users()
    order, _ = paid(house)
    with acting_as(Identity(Role.MANAGER, people["agent"].pk)):
        change_part_status(part_id=parts_of(order)[0].pk, to="cancelled")
    house.work()
    refund = Refund.objects.get()
    reject_refund(refund_id=refund.pk, rejected_by=people["manager"].pk, why="Ask the vendor.")
    house.work()
    order.refresh_from_db()
    return order, refund


def test_a_rejected_refund_is_seen_and_asked_for_again_once(house: House, client: Client) -> None:
    order, refund = rejected(house)
    assert "No refund of 10.00" in order.attention
    assert "Ask the vendor." in order.attention
    client.force_login(create_demo_users()["manager"])
    page = client.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode()
    assert "Ask for the refund again" in page
    url = reverse("admin:commerce_order_refund_again", args=[order.pk])
    said = client.post(url, {"refund": str(refund.pk)}, follow=True).content.decode()
    assert "is asked back again: approved" in said
    for _ in range(2):
        house.work()
        house.deliver()
    order.refresh_from_db()
    assert (given_back(house), order.attention) == ([1000], "")
    assert order.payment_status == "partially_refunded"
    with pytest.raises(Conflict):
        ask_again(order_id=order.pk, refund_id=refund.pk)
    assert Refund.objects.exclude(state=RefundState.REJECTED).count() == 1


def test_the_vendor_of_the_part_bears_the_second_try_too(house: House) -> None:
    order, refund = rejected(house)
    ask_again(order_id=order.pk, refund_id=refund.pk)
    for _ in range(2):
        house.work()
        house.deliver()
    house.work()
    lost = parts_of(order)[0]

    left = {part.payee_id: part.left.minor for part in SalePart.objects.filter(payee__isnull=False)}
    assert left[lost.vendor_id] == 0
    assert all(minor > 0 for vendor, minor in left.items() if vendor != lost.vendor_id)


def test_when_less_is_left_than_was_asked_for_a_person_decides(house: House) -> None:
    order, refund = rejected(house)
    request_refund(
        payment_id=refund.payment_id, amount=Money(1500, "EUR"), reason="by hand", requested_by=None
    )
    with pytest.raises(Conflict, match=r"5\.00 EUR is left, 10\.00 EUR"):
        ask_again(order_id=order.pk, refund_id=refund.pk)
    assert Refund.objects.count() == 2


def test_a_corrected_address_reaches_the_receipt_of_an_open_payment(house: House) -> None:
    order = two_vendors(language="fr")
    payment = house.submitted(order.total, purpose_id=order.pk, email="wrong@example.com")
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk, email="wrong@example.com")
    revise_order(
        order_id=order.pk, revision=0, reason="misspelt", changes={"email": "right@example.com"}
    )
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()
    assert Payment.objects.get(pk=payment.pk).email == "right@example.com"
    told = set(
        Notification.objects.exclude(email__startswith="vendor").values_list("email", flat=True)
    )
    assert told == {"right@example.com"}
