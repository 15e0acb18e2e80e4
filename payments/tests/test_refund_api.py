"""Refunds over the API, and balances of any time."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.login import begin_login
from accounts.services.users import set_role
from core.api.testing import assert_matches_schema
from core.identity import Role
from payments.models import Payment, Refund
from payments.tests.house import House
from payments.tests.test_settle import seen_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(house: House) -> Payment:
    payment = house.opened()
    return told(payment, seen_of(payment))


def token(role: Role = Role.MANAGER) -> dict[str, str]:
    user = User.objects.create_user(f"{role}@example.com", is_staff=True)
    set_role(user=user, role=role)
    return {"Authorization": f"Bearer {begin_login(user=User.objects.get(pk=user.pk)).access}"}


def ask(client: Client, payment: Payment, headers: dict[str, str], **body: Any) -> Any:
    answer = client.post(
        f"/api/v1/payments/{payment.reference}/refunds/",
        json.dumps({"reason": "Broken."} | body),
        content_type="application/json",
        headers={"Idempotency-Key": uuid4().hex} | headers,
    )
    assert_matches_schema(answer)
    return answer


def test_an_amount_is_asked_for_once_and_listed(paid: Payment, client: Client) -> None:
    manager = token()
    key = {"Idempotency-Key": "one-key-for-both"}
    wanted = {"amount": "10.00", "currency": "EUR"}
    first, second = (ask(client, paid, manager | key, **wanted) for _ in range(2))
    assert (first.status_code, first.json()["data"]) == (201, second.json()["data"])
    data = first.json()["data"]
    assert (data["state"], data["amount"]) == (
        "approved", {"amount": "10.00", "currency": "EUR"},
    )  # fmt: skip
    listed = client.get(f"/api/v1/payments/{paid.reference}/refunds/", headers=manager).json()
    assert [one["id"] for one in listed["data"]] == [data["id"]]
    assert Refund.objects.count() == 1


def test_without_an_amount_it_is_all_that_is_left(paid: Payment, client: Client) -> None:
    manager = token()
    ask(client, paid, manager, amount="2.50", currency="EUR")
    assert ask(client, paid, manager).json()["data"]["amount"]["amount"] == "40.00"
    assert ask(client, paid, manager).status_code == 400


def test_more_than_is_left_is_a_conflict_that_says_how_much_is(
    paid: Payment, client: Client
) -> None:
    answer = ask(client, paid, token(), amount="42.51", currency="EUR")
    assert answer.status_code == 409
    assert answer.json()["error"]["details"]["refundable"]["amount"] == "42.50"


@pytest.mark.parametrize("wrong", [{"amount": "5"}, {"amount": "x", "currency": "EUR"}])
def test_what_is_wrong_is_named(paid: Payment, client: Client, wrong: dict[str, str]) -> None:
    answer = ask(client, paid, token(), **wrong)
    assert (answer.status_code, "amount" in answer.json()["error"]["details"]) == (400, True)


def test_others_may_not(paid: Payment, client: Client) -> None:
    assert ask(client, paid, token(Role.READONLY)).status_code == 403
    assert ask(client, paid, {}).status_code == 401


def test_balances_of_any_time(paid: Payment, client: Client) -> None:
    manager = token()

    def at(moment: str) -> Any:
        return client.get("/api/v1/ledger/balances/", {"at": moment}, headers=manager)

    hour = timedelta(hours=1)
    before, after = timezone.now() - hour, timezone.now() + hour
    assert at(before.isoformat()).json()["data"] == []
    assert {row["account"] for row in at(after.isoformat()).json()["data"]} == {
        "gateway:stripe", "receivable:order",
    }  # fmt: skip
    shopper = User.objects.create_user("ada@example.com")
    theirs = {"Authorization": f"Bearer {begin_login(user=shopper).access}"}
    path = f"/api/v1/ledger/balances/?at={after:%Y-%m-%dT%H:%M:%SZ}"
    assert client.get(path, headers=theirs).status_code == 403
    for wrong in ("yesterday", "2026-11-20T12:00:00", "2026-13-45T00:00:00Z"):
        assert at(wrong).status_code == 400
