"""The doors of referrals and payouts: one's own, and nobody else's."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.login import begin_login
from core.api.testing import assert_matches_schema
from core.money import Money
from payments.models import Commission
from payments.services.payouts.steps import draft_payout
from payments.services.referrals.attribution import code_of
from payments.services.referrals.commissions import earn
from payments.tests.people import brought, person, rule

pytestmark = pytest.mark.django_db


def ask(client: Client, user: User, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {begin_login(user=User.objects.get(pk=user.pk)).access}"}
    address = f"/api/v1/{path}"
    if body is None:
        answer = client.get(address, headers=headers)
    else:
        answer = client.post(address, body, content_type="application/json", headers=headers)
    assert_matches_schema(answer)
    return answer


def sold(referred: User, minor: int = 49_000, currency: str = "EUR") -> Commission:
    commission = earn(
        source_type="invoice",
        source_id=uuid4(),
        user_id=referred.pk,
        base=Money(minor, currency),
        at=timezone.now(),
    )
    assert commission
    return commission


def test_a_person_sees_code_referrals_and_what_they_earned(client: Client) -> None:
    rule(hold_days=14)
    referral = brought()
    sold(referral.referred)
    sold(referral.referred, 1000, "JPY")
    data = ask(client, referral.referrer, "referrals/").json()["data"]
    assert data["code"] == code_of(referral.referrer_id).code
    assert [one["id"] for one in data["referrals"]] == [str(referral.pk)]
    nothing = {"amount": "0.00", "currency": "EUR"}
    assert data["earnings"][0] == {
        "currency": "EUR",
        "held": {"amount": "49.00", "currency": "EUR"},
        "payable": nothing,
        "paid": nothing,
    }
    assert data["earnings"][1]["held"] == {"amount": "100", "currency": "JPY"}


def test_each_commission_says_why(client: Client) -> None:
    rule()
    referral = brought()
    commission = sold(referral.referred)
    (row,) = ask(client, referral.referrer, "referrals/commissions/").json()["data"]
    assert row["explanation"] == commission.explanation
    assert row["amount"] == {"amount": "49.00", "currency": "EUR"}


def test_nobody_sees_what_others_earn_or_are_paid(client: Client) -> None:
    rule(hold_days=0)
    referral = brought()
    sold(referral.referred)
    draft_payout(payee_id=referral.referrer_id, currency="EUR", drafted_by=None)
    for stranger in (person(), referral.referred):
        assert ask(client, stranger, "referrals/").json()["data"]["earnings"] == []
        for path in ("referrals/commissions/", "payouts/", "ledger/balances/"):
            assert ask(client, stranger, path).json()["data"] == [], path


def test_a_payee_sees_payouts_and_the_balance_in_the_books(client: Client) -> None:
    rule(hold_days=0)
    referral = brought()
    sold(referral.referred)
    draft_payout(payee_id=referral.referrer_id, currency="EUR", drafted_by=None)
    (payout,) = ask(client, referral.referrer, "payouts/").json()["data"]
    assert (payout["state"], payout["amount"]["amount"]) == ("draft", "49.00")
    (account,) = ask(client, referral.referrer, "ledger/balances/").json()["data"]
    assert account["account"] == f"payable:referrer:{referral.referrer_id}"
    assert account["balance"] == {"amount": "-49.00", "currency": "EUR"}


def test_a_code_is_entered_once(client: Client) -> None:
    owner, friend = person(), person()
    body = {"code": code_of(owner.pk).code}
    for _ in range(2):
        answer = ask(client, friend, "referrals/", body)
        assert answer.status_code == 201
    other = ask(client, friend, "referrals/", {"code": code_of(person().pk).code})
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("code", "status"), [("NOBODY22", 400), ("", 400), ("own", 409), ("late", 409)]
)
def test_codes_that_do_not_count_are_refused_with_a_sentence(
    client: Client, code: str, status: int
) -> None:
    user = person()
    if code == "own":
        code = code_of(user.pk).code
    if code == "late":
        User.objects.filter(pk=user.pk).update(created_at=timezone.now() - timedelta(days=31))
        code = code_of(person().pk).code
    answer = ask(client, user, "referrals/", {"code": code})
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_codes_are_not_guessed_in_bulk(client: Client) -> None:
    user = person()
    statuses = [
        ask(client, user, "referrals/", {"code": f"GUESS{n:03}"}).status_code for n in range(11)
    ]
    assert statuses == [400] * 10 + [429]


def test_the_page_of_commissions_costs_the_same_for_one_or_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    rule()
    referral = brought()
    for _ in range(8):
        sold(referral.referred)
    with django_assert_max_num_queries(20):
        answer = ask(client, referral.referrer, "referrals/commissions/")
    assert len(answer.json()["data"]) == 8
