"""Balances: for those who keep the books."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.login import begin_login
from accounts.services.users import set_role
from core.api.testing import assert_matches_schema
from core.identity import Role
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def asked_by(client: Client, role: Role) -> tuple[int, list[dict]]:
    user = User.objects.create_user(f"{role}@example.com", is_staff=role is not Role.SHOPPER)
    if role is not Role.SHOPPER:
        set_role(user=user, role=role)
    token = begin_login(user=User.objects.get(pk=user.pk)).access
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.get("/api/v1/ledger/balances/", headers=headers)
    assert_matches_schema(answer)
    return answer.status_code, answer.json().get("data")


def test_who_keeps_the_books_reads_the_balances(house: House, client: Client) -> None:
    house.paid()
    for role in (Role.ADMIN, Role.MANAGER, Role.READONLY):
        status, rows = asked_by(client, role)
        assert status == 200
        found = {row["account"]: row["balance"] for row in rows}
        assert found["receivable:order"] == {"amount": "-42.50", "currency": "EUR"}


def test_agents_do_not(house: House, client: Client) -> None:
    assert asked_by(client, Role.AGENT)[0] == 403


def test_shoppers_see_no_account_but_their_own(house: House, client: Client) -> None:
    house.paid()
    assert asked_by(client, Role.SHOPPER) == (200, [])


def test_strangers_do_not(client: Client) -> None:
    assert client.get("/api/v1/ledger/balances/").status_code == 401
