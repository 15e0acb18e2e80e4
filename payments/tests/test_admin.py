"""Staff see a payment's whole story and may ask the gateway; nobody edits money."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.users import set_role
from core.identity import Role
from core.money import Money
from payments.enums import PaymentStatus
from payments.models import LedgerTransaction, Payment
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = User.objects.create_user(email=f"{role}@staff.example.com", is_staff=True)
    set_role(user=user, role=Role[role.upper()])
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), settings.AUTHENTICATION_BACKENDS[0])
    return client


def page_of(payment: Payment) -> str:
    return reverse("admin:payments_payment_change", args=[payment.pk])


@pytest.mark.parametrize("role", ["admin", "manager", "readonly"])
def test_a_payment_page_tells_the_whole_story(house: House, role: str) -> None:
    payment = house.paid()
    shown = signed_in(role).get(page_of(payment)).content.decode()
    for part in (
        payment.reference,
        "42.50 EUR",
        "Checkout session completed",
        "Settle stripe event",
        "Payment succeeded",
        "Held by stripe 42.50 EUR; Owed for: order -42.50 EUR",
        "Thank you for your payment",
        "Paid 42.50 EUR",
    ):
        assert part in shown, part


def test_lists_open_and_find(house: House) -> None:
    payment = house.paid()
    staff = signed_in("manager")
    found = staff.get(reverse("admin:payments_payment_changelist"), {"q": payment.reference})
    assert payment.reference in found.content.decode()
    accounts = staff.get(reverse("admin:payments_ledgeraccount_changelist")).content.decode()
    assert "Trial balance" in accounts
    assert "-42.50 EUR" in accounts
    booked = LedgerTransaction.objects.get(kind="payment")
    shown = staff.get(reverse("admin:payments_ledgertransaction_change", args=[booked.pk]))
    assert "42.50 EUR" in shown.content.decode()


@pytest.mark.parametrize("payments", [1, 4])
def test_the_list_costs_the_same_for_one_payment_or_four(
    house: House, payments: int, django_assert_max_num_queries
) -> None:
    for _ in range(payments):
        house.opened(Money.parse("5", "EUR"))
    staff = signed_in("manager")
    with django_assert_max_num_queries(16):
        staff.get(reverse("admin:payments_payment_changelist"))


def test_money_is_not_edited_by_hand(house: House) -> None:
    payment = house.opened()
    staff = signed_in("admin")
    staff.post(page_of(payment), {"status": "success", "amount_minor": "1"})
    payment.refresh_from_db()
    assert (payment.status, payment.amount_minor) == (PaymentStatus.PENDING, 4250)
    assert staff.get(reverse("admin:payments_payment_add")).status_code == 403
    delete = reverse("admin:payments_payment_delete", args=[payment.pk])
    assert staff.post(delete, {"post": "yes"}).status_code == 403


def ask(payment: Payment, client: Client) -> None:
    client.get(reverse("admin:payments_payment_ask_the_gateway", args=[payment.pk]))


def test_staff_ask_the_gateway_and_the_payment_is_settled(house: House) -> None:
    payment = house.submitted()
    house.stripe.pay(house.session_of(payment))
    ask(payment, signed_in("manager"))
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS


def test_who_may_only_look_may_not_ask(house: House) -> None:
    payment = house.submitted()
    house.stripe.pay(house.session_of(payment))
    ask(payment, signed_in("readonly"))
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING


def test_a_gateway_that_is_away_is_told_and_nothing_changes(house: House) -> None:
    payment = house.submitted()
    house.stripe.add_fault("status", face="stripe", status=503)
    staff = signed_in("manager")
    ask(payment, staff)
    assert "try again" in staff.get(page_of(payment)).content.decode()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING
