"""The floor as it runs for real: every request has its own transactions, none around the test.

Inside a test's transaction an identity is always bound; outside one it is not. What forgets to
open one is refused here ("permission denied") and nowhere else.
"""

import re
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.models import RefreshToken, TokenFamily, User
from accounts.services.links import email_confirmation_url, password_reset_url
from accounts.tests.conftest import PASSWORD, Caller
from accounts.tests.test_login import code
from accounts.tests.test_pages import browser, is_inside, log_in, send
from core.identity import Identity, Role, acting_as, acting_as_system
from core.models import Event

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_sidebar"),
    pytest.mark.slow,
]


@pytest.fixture(autouse=True)
def nobody() -> Any:
    """As a web process begins: without any identity."""
    with acting_as(Identity(Role.UNBOUND)):
        yield


def as_house(ask: Callable[[], Any]) -> Any:
    with acting_as_system("tests"), transaction.atomic():
        return ask()


def test_a_shoppers_whole_life_over_the_api() -> None:
    api = Caller()
    email = "tour@example.com"
    twice = {"password1": PASSWORD, "password2": PASSWORD}
    assert api.post_json("auth/registration/", {"email": email} | twice).status_code == 201
    taken = api.post_json("auth/registration/", {"email": email} | twice)
    assert taken.status_code == 400
    user = as_house(lambda: User.objects.get(email=email))
    key = email_confirmation_url(user.pk).rstrip("/").rsplit("/", 1)[1]
    assert api.post_json("auth/email/resend/", {"email": email}).status_code == 200
    assert api.post_json("auth/email/verify/", {"key": key}).status_code == 200
    assert api.post_json("auth/login/", {"email": email, "password": "no"}).status_code == 401
    tokens = api.post_json("auth/login/", {"email": email, "password": PASSWORD}).data
    assert tokens["user"]["email_verified"] is True
    tokens = api.post_json("auth/token/refresh/", {"refresh": tokens["refresh"]}).data
    api.token = tokens["access"]
    assert api.call("PATCH", "auth/user/", {"full_name": "T"}).data["full_name"] == "T"
    assert len(api.get_json("auth/logins/").data) == 2
    assert api.get_json("api-keys/").status_code == 403
    assert api.post_json("auth/password/reset/", {"email": email}).status_code == 200
    link = password_reset_url(user.pk).rstrip("/").rsplit("/", 1)[1]
    uid, _, token = link.partition("-")
    new = {"new_password1": "another horse 7 staple", "new_password2": "another horse 7 staple"}
    body = {"uid": uid, "token": token} | new
    assert api.post_json("auth/password/reset/confirm/", body).status_code == 200
    assert api.get_json("auth/user/").status_code == 401, "within this process at once"
    api.token = ""
    api.token = api.post_json(
        "auth/login/", {"email": email, "password": "another horse 7 staple"}
    ).data["access"]
    change = {"old_password": "another horse 7 staple", "new_password1": PASSWORD}
    changed = api.post_json("auth/password/change/", change | {"new_password2": PASSWORD})
    assert changed.status_code == 200
    assert api.post_json("auth/logout/").status_code == 401
    told = as_house(lambda: set(Event.objects.values_list("type", flat=True)))
    assert {
        "user.registered", "user.confirmation_requested", "user.email_confirmed",
        "user.password_reset_requested", "user.password_changed",
    } <= told  # fmt: skip


def test_a_refusal_keeps_what_it_wrote() -> None:
    """The end of a copied login is not rolled back with the 401 that tells it."""
    api = Caller()
    body = {"email": "tour@example.com", "password1": PASSWORD, "password2": PASSWORD}
    tokens = api.post_json("auth/registration/", body).data
    assert api.post_json("auth/token/refresh/", {"refresh": tokens["refresh"]}).status_code == 200
    as_house(_age_every_use)
    assert api.post_json("auth/token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401
    assert as_house(lambda: TokenFamily.objects.get().end_reason) == "reuse"
    assert as_house(lambda: Event.objects.filter(type="user.token_reused").count()) == 1
    api.token = tokens["access"]
    assert api.get_json("auth/user/").status_code == 401


def _age_every_use() -> None:
    RefreshToken.objects.filter(used_at__isnull=False).update(used_at="2026-01-01T00:00:00Z")


def test_an_admins_day_on_the_pages(make_user: Callable[..., User]) -> None:
    admin = as_house(lambda: make_user(Role.ADMIN))
    agent = as_house(lambda: make_user(Role.AGENT))
    mine = browser()
    log_in(mine, admin)
    assert is_inside(mine)
    for path in ("apikey/", "tokenfamily/", f"user/{agent.pk}/change/", "user/add/"):
        assert mine.get(f"/admin/accounts/{path}").status_code == 200
    ask = mine.get("/accounts/2fa/totp/activate/")
    assert ask.status_code == 302
    assert send(mine, ask["Location"], password=PASSWORD).status_code == 302
    page = mine.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert secret
    assert token
    body = {"csrfmiddlewaretoken": token[1], "code": code(secret[1])}
    assert mine.post("/accounts/2fa/totp/activate/", body).status_code == 302
    assert mine.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert mine.get("/accounts/2fa/").status_code == 200
    assert as_house(lambda: Event.objects.filter(type="user.security_notice").count()) == 1
    assert send(mine, "/accounts/logout/").status_code == 302
    assert not is_inside(mine)
    log_in(mine, admin)
    codes = code(secret[1]), code(secret[1], at=time.time() + 30)
    for number in codes:
        response = send(mine, "/accounts/2fa/authenticate/", code=number)
        if response.status_code == 302:
            break
    assert is_inside(mine)
    assert mine.get("/api/v1/auth/user/").json()["data"]["role"] == "admin"


def test_a_machines_day(make_user: Callable[..., User]) -> None:
    manager = as_house(lambda: make_user(Role.MANAGER))
    out = StringIO()
    call_command(
        "create_api_key", manager.email, "m", "apikeys:read", stdout=out, stderr=StringIO()
    )
    machine = Caller()
    answers = [
        machine.get_json("api-keys/", **{"X-API-Key": out.getvalue().strip()}) for _ in range(3)
    ]
    assert [a.status_code for a in answers] == [200] * 3
    assert answers[-1].data[0]["last_used_at"] is not None


def test_pages_for_strangers_open_without_an_identity() -> None:
    for path in ("login/", "password/reset/", "password/reset/done/", "inactive/", "logout/"):
        assert Client().get(f"/accounts/{path}").status_code in {200, 302}
    assert Client().get("/accounts/2fa/").status_code == 302
    assert Client().get("/accounts/confirm-email/nonsense/").status_code == 200
    assert Client().post("/accounts/confirm-email/nonsense/").status_code == 400
