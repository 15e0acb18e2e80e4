"""New passwords: by those who know the old one, or hold the mailbox. Everything else ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.links import password_reset_url
from accounts.services.tokens import begin_login
from accounts.tests.conftest import PASSWORD, Caller
from core.errors import NotFound
from core.models import Event

pytestmark = pytest.mark.django_db
NEW = "another horse 7 staple"
ARGON = "accounts.hashers.ModestArgon2PasswordHasher"


def link_of(user: User) -> dict[str, str]:
    """The two parts of the link, as a front end takes them apart."""
    last = password_reset_url(user.pk).rstrip("/").rsplit("/", 1)[1]
    uid, _, token = last.partition("-")
    return {"uid": uid, "token": token}


def reset(api: Caller, link: dict[str, str], password: str = NEW) -> Any:
    body = link | {"new_password1": password, "new_password2": password}
    return api.post_json("auth/password/reset/confirm/", body)


def can_log_in(user: User, password: str) -> bool:
    body = {"email": user.email, "password": password}
    return bool(Caller().post_json("auth/login/", body).status_code == 200)


def test_asking_for_a_reset_answers_the_same_for_everybody(
    api: Caller, make_user: Callable[..., User]
) -> None:
    known, disabled = make_user(), make_user(is_active=False)
    answers = [
        api.post_json("auth/password/reset/", {"email": email})
        for email in (known.email.upper(), disabled.email, "nobody@example.com")
    ]
    assert {(a.status_code, str(a.data)) for a in answers} == {(200, str(answers[0].data))}
    asked = Event.objects.filter(type="user.password_reset_requested")
    assert [e.subject for e in asked] == [f"user:{known.pk}"]
    assert set(asked[0].data) <= {"user_id", "language"}


def test_mails_to_one_address_are_limited_whoever_asks(make_user: Callable[..., User]) -> None:
    user = make_user()
    answers = [
        Caller().post_json("auth/password/reset/", {"email": user.email}).status_code
        for _ in range(7)
    ]
    assert answers == [200] * 5 + [429] * 2


def test_a_reset_sets_the_password_ends_everything_and_logs_nobody_in(
    api: Caller, make_user: Callable[..., User]
) -> None:
    user = make_user(email_confirmed_at=None)
    before = begin_login(user=user)
    link = link_of(User.objects.get(pk=user.pk))
    response = reset(api, link)
    assert response.status_code == 200
    assert "access" not in response.data
    assert can_log_in(user, NEW)
    assert not can_log_in(user, PASSWORD)
    stale = api.post_json("auth/token/refresh/", {"refresh": before.refresh})
    assert stale.status_code == 401
    user.refresh_from_db()
    assert user.email_confirmed, "who opened the mail holds the mailbox"


def test_a_link_works_once(api: Caller, make_user: Callable[..., User]) -> None:
    link = link_of(make_user())
    assert reset(api, link).status_code == 200
    assert reset(api, link, "a third horse 5 clip").status_code == 400


def test_a_link_ends_with_the_next_login_and_after_an_hour(
    api: Caller, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user()
    link = link_of(user)
    begin_login(user=user)
    assert reset(api, link).status_code == 400
    link = link_of(user)
    late = timezone.now().replace(tzinfo=None) + timedelta(minutes=61)
    monkeypatch.setattr(
        "django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: late
    )
    assert reset(api, link).status_code == 400


def test_a_weak_password_leaves_the_link_good(api: Caller, make_user: Callable[..., User]) -> None:
    link = link_of(make_user())
    refused = reset(api, link, "12345678")
    assert refused.status_code == 400
    assert "new_password1" in refused.error["details"]
    assert reset(api, link).status_code == 200


@pytest.mark.parametrize("part", ["uid", "token"])
@pytest.mark.parametrize("value", ["", "x", "0" * 64, "\x00", "../..", "ü", "0" * 32])
def test_a_spoiled_link_is_refused(
    api: Caller, make_user: Callable[..., User], part: str, value: str
) -> None:
    assert reset(api, link_of(make_user()) | {part: value}).status_code == 400


def test_the_link_of_one_user_does_not_open_another(
    api: Caller, make_user: Callable[..., User]
) -> None:
    mine, other = make_user(), make_user()
    assert reset(api, link_of(mine) | {"uid": other.pk.hex}).status_code == 400


def test_no_link_for_disabled_users(make_user: Callable[..., User]) -> None:
    with pytest.raises(NotFound):
        password_reset_url(make_user(is_active=False).pk)


def test_changing_the_password_needs_the_old_one_and_ends_every_login(
    api: Caller, log_in_as: Callable[..., Any]
) -> None:
    user, tokens = log_in_as()
    api.token = tokens.access
    body = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    refused = api.post_json("auth/password/change/", body)
    assert refused.status_code == 400
    assert "old_password" in refused.error["details"]
    done = api.post_json("auth/password/change/", body | {"old_password": PASSWORD})
    assert done.status_code == 200
    assert can_log_in(user, NEW)
    stale = Caller().post_json("auth/token/refresh/", {"refresh": tokens.refresh})
    assert stale.status_code == 401


def test_the_old_password_cannot_be_guessed_with_a_stolen_token(
    api: Caller, log_in_as: Callable[..., Any]
) -> None:
    _, tokens = log_in_as()
    api.token = tokens.access
    body = {"old_password": "guess", "new_password1": NEW, "new_password2": NEW}
    answers = [api.post_json("auth/password/change/", body).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]


def test_passwords_are_kept_at_the_recommended_cost(
    make_user: Callable[..., User], settings: Any
) -> None:
    settings.PASSWORD_HASHERS = [ARGON]
    user = make_user()
    assert "$argon2id$" in user.password
    assert "m=19456,t=2,p=1" in user.password
    assert user.check_password(PASSWORD)


def test_an_older_hash_is_made_anew_at_the_next_login(
    api: Caller, make_user: Callable[..., User], settings: Any
) -> None:
    user = make_user()
    assert user.password.startswith("md5$")
    settings.PASSWORD_HASHERS = [ARGON, *settings.PASSWORD_HASHERS]
    tokens = api.post_json("auth/login/", {"email": user.email, "password": PASSWORD}).data
    user.refresh_from_db()
    assert user.password.startswith("argon2$")
    api.token = tokens["access"]
    assert api.get_json("auth/user/").status_code == 200
