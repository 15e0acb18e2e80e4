"""Who reaches a receipt, by which door: the payer by reference, owners by API, staff by admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.tokens import begin_login
from core.api.testing import assert_matches_schema
from core.money import Money
from notifications.models import Delivery
from payments.models import LegalEntity, Payment, Receipt
from payments.services.receipts.issuing import issue_credit_note, issue_receipt
from payments.tests.house import House
from payments.tests.receipt_pages import text_of
from payments.tests.test_admin import page_of, signed_in
from payments.tests.test_receipt_numbers import paid_payment

pytestmark = pytest.mark.django_db


def listed(client: Client, user: User, **query: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {begin_login(user=user).access}"}
    response = client.get("/api/v1/receipts/", query, headers=headers)
    assert response.status_code == 200, response.content
    assert_matches_schema(response)
    rows: list[dict[str, Any]] = response.json()["data"]
    return rows


def test_the_thank_you_leads_to_the_receipt(house: House, client: Client) -> None:
    payment = house.paid(language="fr")
    mail = Delivery.objects.get(notification__dedupe_key=f"thanks:{payment.pk}")
    link = f"/payments/{payment.reference}/receipt.pdf"
    assert link in mail.notification.context["receipt_url"]
    response = client.get(link)
    assert response["Content-Type"] == "application/pdf"
    number = Receipt.objects.get().number
    assert response["Content-Disposition"] == f'inline; filename="{number}.pdf"'
    assert "no-store" in response["Cache-Control"]
    text = text_of(response.content)
    assert number in text
    assert "42,50 €" in text
    assert link in client.get(f"/payments/{payment.reference}/").content.decode()


def test_the_link_leads_somewhere_before_the_news_is_worked_off(client: Client) -> None:
    payment = paid_payment()
    assert client.get(f"/payments/{payment.reference}/receipt.pdf").status_code == 200
    assert Receipt.objects.get().payment == payment


def test_unpaid_and_unknown_payments_have_no_receipt(house: House, client: Client) -> None:
    for reference in (house.opened().reference, "tw-unknown"):
        assert client.get(f"/payments/{reference}/receipt.pdf").status_code == 404
        assert client.get(f"/api/v1/payments/{reference}/receipt/").status_code == 404
    assert client.get("/receipts/unknown.pdf").status_code == 404
    assert not Receipt.objects.exists()


def test_the_api_tells_where_the_document_is(client: Client) -> None:
    payment = paid_payment()
    response = client.get(f"/api/v1/payments/{payment.reference}/receipt/")
    assert_matches_schema(response)
    told = response.json()["data"]
    assert told["total"] == {"amount": "42.50", "currency": "EUR"}
    path = told["pdf"].partition("//")[2].partition("/")[2]
    assert told["number"] in text_of(client.get(f"/{path}").content)


def test_shoppers_list_their_own_receipts_and_credit_notes(client: Client) -> None:
    amina, other = (User.objects.create_user(email=f"{name}@example.com") for name in "ab")
    payment = paid_payment(user_id=amina.pk)
    issue_receipt(payment_id=payment.pk)
    note = issue_credit_note(payment_id=payment.pk, refund="refund:1", part=Money(50, "EUR"))
    rows = listed(client, amina)
    assert [row["kind"] for row in rows] == ["credit_note", "receipt"]
    assert rows[0]["corrects"] == rows[1]["number"]
    assert [row["number"] for row in listed(client, amina, search=note.number)] == [note.number]
    assert listed(client, other) == []


@pytest.mark.parametrize("role", ["admin", "manager", "readonly"])
def test_staff_find_it_by_number_and_open_it(role: str) -> None:
    receipt = issue_receipt(payment_id=paid_payment().pk)
    staff = signed_in(role)
    address = reverse("admin:payments_receipt_changelist")
    found = staff.get(address, {"q": receipt.number}).content.decode()
    pdf = reverse("admin:payments_receipt_pdf", args=[receipt.pk])
    assert pdf in found
    assert receipt.number in text_of(staff.get(pdf).content)
    assert pdf in staff.get(page_of(Payment.objects.get())).content.decode()
    shown = staff.get(reverse("admin:payments_receipt_change", args=[receipt.pk]))
    assert receipt.number in shown.content.decode()


def test_an_agent_opens_none_of_strangers_customers() -> None:
    receipt = issue_receipt(payment_id=paid_payment().pk)
    agent = signed_in("agent")
    pdf = reverse("admin:payments_receipt_pdf", args=[receipt.pk])
    assert agent.get(pdf).status_code == 404
    assert agent.get(reverse("admin:payments_receipt_changelist")).status_code == 200
    assert Client().get(pdf).status_code == 302


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_costs_the_same_for_one_receipt_or_five(
    rows: int, django_assert_max_num_queries
) -> None:
    for _ in range(rows):
        issue_receipt(payment_id=paid_payment().pk)
    staff = signed_in("manager")
    with django_assert_max_num_queries(16):
        staff.get(reverse("admin:payments_receipt_changelist"))


def test_a_prefix_is_fixed_once_it_was_given_out() -> None:
    issue_receipt(payment_id=paid_payment().pk)
    entity = LegalEntity.objects.get()
    page = reverse("admin:payments_legalentity_change", args=[entity.pk])
    boss = signed_in("admin")
    form = {"name": "New Name", "prefix": "ZZ", "time_zone": "Asia/Tokyo", "is_default": "on"}
    answer = boss.post(page, form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    entity.refresh_from_db()
    assert (entity.name, entity.prefix, entity.time_zone) == ("New Name", "TW", "Asia/Tokyo")
