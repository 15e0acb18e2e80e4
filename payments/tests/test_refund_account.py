"""A refund at Paystack that waits for the payer's account gets it from staff; nothing keeps it."""

import json

import pytest
from django.core import serializers
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from payments.enums import RefundState
from payments.models import Refund
from payments.services.refunds import execute_refund
from payments.tests.paystack_house import PaystackHouse
from payments.tests.test_admin import signed_in
from payments.tests.test_paystack_books import asked, hear_of_refund
from payments.tests.test_paystack_refunds import naira

pytestmark = pytest.mark.django_db
NUMBER = "0123456789"


@pytest.fixture
def stuck(paystack: PaystackHouse) -> Refund:
    """A refund that found no way back."""
    payment = paystack.paid()
    refund = execute_refund(refund_id=asked(payment, naira("20.00")).pk)
    paystack.there.paystack_refund(refund.gateway_ref or "", "needs-attention")
    hear_of_refund(paystack, payment, "needs-attention")
    refund.refresh_from_db()
    assert refund.state == RefundState.NEEDS_ATTENTION
    return refund


def page_of(staff: Client, refund: Refund) -> str:
    url = reverse("admin:payments_refund_change", args=[refund.pk])
    return staff.get(url).content.decode()


def give(staff: Client, refund: Refund, number: str = "0123 456 789", bank_id: str = "9") -> str:
    url = reverse("admin:payments_refund_account", args=[refund.pk])
    words = {"account_number": number, "bank_id": bank_id}
    return staff.post(url, words, follow=True).content.decode()


def test_the_account_goes_to_the_gateway_and_the_refund_goes_on(
    paystack: PaystackHouse, stuck: Refund
) -> None:
    staff = signed_in("manager")
    assert "Send to this account" in page_of(staff, stuck)
    assert "tries again" in give(staff, stuck)
    stuck.refresh_from_db()
    assert stuck.state == RefundState.PENDING
    assert "Send to this account" not in page_of(staff, stuck)
    assert "does not wait" in give(staff, stuck)


def test_the_number_is_kept_nowhere_and_its_end_is_in_the_audit(stuck: Refund, caplog) -> None:
    give(signed_in("manager"), stuck)
    stuck.refresh_from_db()
    entry = AuditEntry.objects.get(action="refund.bank_details")
    assert entry.details == {"account": "…6789", "bank_id": "9"}
    kept = serializers.serialize("json", [stuck, *stuck.attempt.events.all()])
    assert NUMBER not in kept + json.dumps(entry.details) + caplog.text


@pytest.mark.parametrize(
    ("number", "bank_id"),
    [("12345", "9"), ("GB29NWBK", "9"), (NUMBER, "GTB"), ("", ""), ("٣" * 8, "9")],
)
def test_what_is_no_account_is_refused_before_anybody_is_asked(
    stuck: Refund, number: str, bank_id: str
) -> None:
    give(signed_in("manager"), stuck, number, bank_id)
    stuck.refresh_from_db()
    assert stuck.state == RefundState.NEEDS_ATTENTION
    assert not AuditEntry.objects.filter(action="refund.bank_details").exists()


def test_a_gateway_that_is_away_is_told_and_can_be_tried_again(
    paystack: PaystackHouse, stuck: Refund
) -> None:
    staff = signed_in("manager")
    fault = {"face": "paystack", "method": "POST", "path": "/refund/*"}
    paystack.there.add_fault("status", status=503, **fault)
    assert "Look before you try again" in give(staff, stuck)
    assert AuditEntry.objects.filter(action="refund.bank_details").count() == 1
    paystack.there.clear_faults()
    assert "tries again" in give(staff, stuck)


@pytest.mark.parametrize("role", ["readonly", "agent"])
def test_who_may_not_approve_may_not_say_where_the_money_goes(stuck: Refund, role: str) -> None:
    staff = signed_in(role)
    assert "Send to this account" not in page_of(staff, stuck)
    give(staff, stuck)
    stuck.refresh_from_db()
    assert stuck.state == RefundState.NEEDS_ATTENTION
