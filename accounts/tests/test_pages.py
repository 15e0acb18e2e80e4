"""Logging in to the admin: through allauth, with two-factor, by no other way."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import User
from accounts.services.links import password_reset_url
from accounts.services.sessions import end_all_sessions
from accounts.services.users import disable
from accounts.tests.conftest import PASSWORD
from accounts.tests.test_login import SECRET, code
from core.identity import Role
from core.models import AuditEntry, Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_sidebar")]
LOGIN = "/accounts/login/"


def browser() -> Client:
    address = ".".join(["10", *(str(secrets.randbelow(254) + 1) for _ in range(3))])
    return Client(enforce_csrf_checks=True, REMOTE_ADDR=address)


def send(browser: Client, path: str, **fields: str) -> Any:
    """Fill in the form of a page as a browser does, with its CSRF token."""
    page = browser.get(path)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token, f"{path} has no form"
    return browser.post(path, {"csrfmiddlewaretoken": token[1], **fields})


def log_in(browser: Client, user: User, password: str = PASSWORD, path: str = LOGIN) -> Any:
    return send(browser, path, login=user.email, password=password)


def is_inside(browser: Client) -> bool:
    return bool(browser.get("/admin/accounts/user/").status_code == 200)


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def guarded(admin: User) -> User:
    TOTP.activate(admin, SECRET)
    return admin


def test_the_admins_own_login_page_leads_to_ours_and_back(admin: User) -> None:
    mine = browser()
    for path in ("/admin/", "/admin/login/", "/admin/accounts/user/"):
        response = mine.get(path)
        while response.status_code == 302 and response["Location"].startswith("/admin"):
            response = mine.get(response["Location"])
        assert response.status_code == 302
        assert response["Location"].startswith(LOGIN)
    response = log_in(mine, admin, path="/accounts/login/?next=/admin/accounts/user/")
    assert response["Location"] in {"/admin/accounts/user/", "/admin/"}
    assert is_inside(mine)


def test_the_admins_own_login_form_lets_nobody_in(guarded: User) -> None:
    mine = Client()
    mine.post("/admin/login/", {"username": guarded.email, "password": PASSWORD})
    assert not is_inside(mine)


def test_after_the_password_a_code_is_asked_for(guarded: User) -> None:
    mine = browser()
    response = log_in(mine, guarded)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_inside(mine), "the password alone is not a login"
    wrong = send(mine, "/accounts/2fa/authenticate/", code="000000" if code() != "000000" else "1")
    assert wrong.status_code == 200
    assert not is_inside(mine)
    assert send(mine, "/accounts/2fa/authenticate/", code=code())["Location"] == "/admin/"
    assert is_inside(mine)
    assert AuditEntry.objects.filter(action="user.login", resource=f"user:{guarded.pk}").exists()


def test_the_api_refuses_a_half_finished_login(guarded: User) -> None:
    mine = browser()
    log_in(mine, guarded)
    assert mine.get("/api/v1/auth/user/").status_code == 401


def test_a_recovery_code_opens_the_door_once(guarded: User) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    one, *_ = RecoveryCodes.activate(guarded).get_unused_codes()
    first, second = browser(), browser()
    for mine in (first, second):
        log_in(mine, guarded)
        send(mine, "/accounts/2fa/authenticate/", code=one)
    assert is_inside(first)
    assert not is_inside(second)


def test_a_password_reset_does_not_pass_two_factor_by(guarded: User) -> None:
    mine = browser()
    path = "/" + password_reset_url(guarded.pk).split("/", 3)[3]
    form = mine.get(path)["Location"]
    done = send(mine, form, password1="another horse 7 staple", password2="another horse 7 staple")
    assert done.status_code == 302
    assert not is_inside(mine)
    response = log_in(mine, guarded, "another horse 7 staple")
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_inside(mine)


def test_no_page_makes_users_or_changes_addresses() -> None:
    for path in ("signup/", "email/", "login/code/", "2fa/webauthn/signup/", "signup/passkey/"):
        assert browser().get(f"/accounts/{path}").status_code == 404


def test_two_factor_is_set_up_with_a_code_and_recovery_codes_are_shown(admin: User) -> None:
    mine = browser()
    log_in(mine, admin)
    ask = mine.get("/accounts/2fa/totp/activate/")
    assert "reauthenticate" in ask["Location"], "the password must be recent"
    send(mine, ask["Location"], password=PASSWORD)
    page = mine.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)
    assert secret
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    done = mine.post(
        "/accounts/2fa/totp/activate/",
        {"csrfmiddlewaretoken": token[1], "code": code(secret[1])},
    )
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    assert len(re.findall(r"^\d{8}$", mine.get(done["Location"]).content.decode(), re.M)) >= 8
    stored = Authenticator.objects.get(user=admin, type="totp")
    assert secret[1] not in str(stored.data)


def test_switching_two_factor_off_needs_a_recent_password_and_is_told(guarded: User) -> None:
    mine = browser()
    log_in(mine, guarded)
    send(mine, "/accounts/2fa/authenticate/", code=code())
    page = mine.get("/accounts/2fa/totp/deactivate/")
    send(mine, page["Location"], password=PASSWORD)
    send(mine, "/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=guarded, type="totp").exists()
    notice = Event.objects.get(type="user.security_notice", subject=f"user:{guarded.pk}")
    assert notice.data["notice"] == "totp_deactivated"


def test_two_factor_is_not_set_up_on_an_unproven_address(make_user: Callable[..., User]) -> None:
    user = make_user(email_confirmed_at=None)
    mine = browser()
    log_in(mine, user)
    assert mine.get("/accounts/2fa/totp/activate/")["Location"] == "/accounts/2fa/"


def test_where_required_staff_are_led_to_the_set_up(admin: User, settings: Any) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True
    mine = browser()
    log_in(mine, admin)
    assert mine.get("/admin/")["Location"] == "/accounts/2fa/"
    assert mine.get("/accounts/2fa/").status_code == 200
    assert mine.get("/api/v1/auth/user/").status_code == 401
    TOTP.activate(admin, SECRET)
    assert is_inside(mine)


def test_wrong_passwords_are_counted_together_with_the_api(admin: User) -> None:
    mine = browser()
    for n in range(5):
        log_in(mine, admin, f"guess {n}")
    log_in(mine, admin)
    assert not is_inside(mine)


def test_ending_all_sessions_ends_the_admin_session_too(admin: User) -> None:
    mine = browser()
    log_in(mine, admin)
    assert is_inside(mine)
    end_all_sessions(user=User.objects.get(pk=admin.pk), reason="test")
    assert not is_inside(mine)


def test_a_disabled_user_falls_out_of_the_admin_at_once(
    admin: User, make_user: Callable[..., User]
) -> None:
    make_user(Role.ADMIN)
    mine = browser()
    log_in(mine, admin)
    disable(user=User.objects.get(pk=admin.pk))
    assert not is_inside(mine)


def test_a_shopper_may_log_in_here_but_gets_no_admin(make_user: Callable[..., User]) -> None:
    mine = browser()
    assert log_in(mine, make_user())["Location"] == "/"
    assert mine.get("/admin/").status_code in {302, 403}
    assert not is_inside(mine)


def test_changing_the_password_keeps_this_session_and_ends_the_others(admin: User) -> None:
    here, there = browser(), browser()
    for mine in (here, there):
        log_in(mine, admin)
    assert here.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    new = "another horse 7 staple"
    send(here, "/accounts/password/change/", oldpassword=PASSWORD, password1=new, password2=new)
    assert is_inside(here)
    assert not is_inside(there)


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_login_leads_nowhere_outside(admin: User, evil: str) -> None:
    response = log_in(browser(), admin, path=f"/accounts/login/?next={evil}")
    assert "evil" not in response["Location"]
    assert "javascript" not in response["Location"]


def test_pages_obey_the_strict_policy_and_ask_nobody_else(admin: User) -> None:
    """No inline script or style, nothing from another host."""
    mine = browser()
    pages = [mine.get(LOGIN), mine.get("/accounts/password/reset/")]
    log_in(mine, admin)
    pages += [mine.get("/accounts/2fa/"), mine.get("/accounts/password/change/")]
    for page in pages:
        html = page.content.decode()
        policy = page["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "style=" not in html
        assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", html)
        assert not re.search(r'(src|href)="(https?:)?//', html)
        assert " onclick" not in html


def test_asking_for_a_reset_on_the_page_answers_the_same_for_everybody(admin: User) -> None:
    answers = [
        send(browser(), "/accounts/password/reset/", email=email)
        for email in (admin.email, "nobody@example.com")
    ]
    assert answers[0]["Location"] == answers[1]["Location"]
    asked = Event.objects.filter(type="user.password_reset_requested")
    assert [e.subject for e in asked] == [f"user:{admin.pk}"]


def test_sessions_write_to_the_api_only_with_a_csrf_token(admin: User) -> None:
    mine = browser()
    log_in(mine, admin)
    assert mine.get("/api/v1/auth/user/").status_code == 200
    body = {"data": '{"full_name": "N"}', "content_type": "application/json"}
    assert mine.patch("/api/v1/auth/user/", **body).status_code == 403
    token = mine.cookies["csrftoken"].value
    assert (
        mine.patch("/api/v1/auth/user/", **body, headers={"X-CSRFToken": token}).status_code == 200
    )
