"""The doors: start, look, verify; what is wrong is named, what hangs is told."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from payments.enums import PaymentStatus
from payments.models import Payment
from payments.tests.house import House, booked

pytestmark = pytest.mark.django_db

BODY = {"email": "amina@example.com", "amount": "42.50", "currency": "EUR", "gateway": "stripe"}


def start(client: Client, key: str | None = None, **changes: Any) -> Any:
    return client.post(
        "/api/v1/payments/",
        json.dumps(BODY | changes),
        content_type="application/json",
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def test_a_payment_is_started_and_answered_with_its_page(house: House, client: Client) -> None:
    answer = start(client)
    data = answer.json()["data"]
    assert answer.status_code == 201
    assert data["status"] == "pending"
    assert data["amount"] == {"amount": "42.50", "currency": "EUR"}
    assert data["authorization_url"].startswith(house.running.base_url)
    assert Payment.objects.get().reference == data["reference"]


def test_the_same_key_starts_one_payment(house: House, client: Client) -> None:
    first, second = start(client, "one-key-for-both"), start(client, "one-key-for-both")
    assert first.json()["data"] == second.json()["data"]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"amount": 1.5}, None),
        ({"amount": True}, "amount"),
        ({"amount": "1e400"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"currency": "XXX"}, "amount"),
        ({"currency": "UGX", "amount": "5"}, "currency"),
        ({"currency": "eur"}, "amount"),
        ({"currency": 5}, "currency"),
        ({"gateway": "bank"}, "gateway"),
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"success_url": "https://evil.example/"}, "success_url"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_is_wrong_is_named(house: House, client: Client, changes, field) -> None:
    answer = start(client, **changes)
    if field is None:  # a number with a point is read as a decimal, never as a float
        assert answer.status_code == 201
        return
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["error"]["details"]
    assert not Payment.objects.exists()


def test_a_start_without_a_key_is_refused(house: House, client: Client) -> None:
    answer = client.post("/api/v1/payments/", json.dumps(BODY), content_type="application/json")
    assert answer.status_code == 400


def test_a_hanging_gateway_is_told_within_ten_seconds_and_the_row_stays(
    house: House, client: Client
) -> None:
    house.stripe.add_fault("hang", face="stripe", seconds=60)
    began = time.monotonic()
    answer = start(client, "try-again-later")
    assert time.monotonic() - began < 11
    assert answer.status_code == 502
    error = answer.json()["error"]
    assert error["code"] == "upstream_unavailable"
    assert "Stripe did not answer" in error["message"]
    payment = Payment.objects.get()
    assert payment.status == PaymentStatus.PENDING
    assert error["details"]["reference"] == [payment.reference]

    house.stripe.clear_faults()
    again = start(client, "try-again-later")
    assert again.status_code == 201, again.content
    assert again.json()["data"]["reference"] == payment.reference
    assert Payment.objects.count() == 1


def test_the_returning_payer_verifies_before_any_webhook(house: House, client: Client) -> None:
    reference = start(client).json()["data"]["reference"]
    payment = Payment.objects.get()
    path = f"/api/v1/payments/{reference}/"
    assert client.post(f"{path}verify/").json()["data"]["status"] == "pending"

    house.stripe.pay(house.session_of(payment))
    assert client.post(f"{path}verify/").json()["data"]["status"] == "success"
    house.deliver()
    house.work()
    assert client.get(path).json()["data"]["status"] == "success"
    assert booked(payment) == 1


def test_a_public_answer_names_nobody(house: House, client: Client) -> None:
    reference = start(client).json()["data"]["reference"]
    assert "amina" not in client.get(f"/api/v1/payments/{reference}/").content.decode()


def test_an_unknown_reference_is_not_found(house: House, client: Client) -> None:
    for path in ("", "verify/"):
        answer = client.post(f"/api/v1/payments/tw-nothing/{path}")
        assert answer.status_code in (404, 405)


def test_strangers_cannot_list_payments(house: House, client: Client) -> None:
    assert client.get("/api/v1/payments/").status_code == 401
