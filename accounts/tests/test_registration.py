"""Signing up and proving the address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone

from accounts.models import User
from accounts.services import registration
from accounts.services.links import email_confirmation_url
from accounts.tests.conftest import PASSWORD, Caller
from core.errors import NotFound
from core.ids import new_id
from core.models import Event

pytestmark = pytest.mark.django_db


def sign_up(api: Caller, email: str = "new@example.com", **more: Any) -> Any:
    body = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    return api.post_json("auth/registration/", body | more)


def news_of(user: User) -> list[str]:
    return sorted(Event.objects.filter(subject=f"user:{user.pk}").values_list("type", flat=True))


def key_of(user: User) -> str:
    return email_confirmation_url(user.pk).rstrip("/").rsplit("/", 1)[1]


def test_signing_up_makes_a_shopper_tells_it_and_logs_in(api: Caller) -> None:
    response = sign_up(api, "New@Example.com", full_name=" Nina New ", language="fr")
    assert response.status_code == 201
    user = User.objects.get(email="new@example.com")
    assert (user.full_name, user.language, user.is_staff) == ("Nina New", "fr", False)
    assert not user.email_confirmed
    assert news_of(user) == ["user.confirmation_requested", "user.registered"]
    api.token = response.data["access"]
    assert api.get_json("auth/user/").data["role"] == "shopper"


def test_news_hold_ids_and_neither_address_nor_key(api: Caller) -> None:
    sign_up(api)
    for event in Event.objects.filter(type__startswith="user."):
        assert set(event.data) <= {"user_id", "language"}


def test_an_address_that_is_taken_is_refused_in_any_case(
    api: Caller, make_user: Callable[..., User]
) -> None:
    make_user(email="taken@example.com")
    response = sign_up(api, "TAKEN@example.com")
    assert response.status_code == 400
    assert "email" in response.error["details"]
    assert User.objects.filter(email="taken@example.com").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password2": "something else 1"}, "password2"),
        ({"password1": "12345678", "password2": "12345678"}, "password1"),
        ({"password1": "password", "password2": "password"}, "password1"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "x" * 129, "password2": "x" * 129}, "password1"),
        ({"password1": "new@example.com", "password2": "new@example.com"}, "password1"),
        ({"email": "no address"}, "email"),
        ({"email": "a@b.example\ncc: x@example.com"}, "email"),
        ({"email": "x" * 300 + "@example.com"}, "email"),
        ({"full_name": "x" * 201}, "full_name"),
        ({"language": "xx"}, "language"),
        ({"is_staff": True}, "is_staff"),
        ({"role": "admin"}, "role"),
    ],
)
def test_bad_sign_ups_are_refused_by_name(api: Caller, changes: dict[str, Any], field: str) -> None:
    response = sign_up(api, **changes)
    assert response.status_code == 400
    assert field in response.error["details"]
    assert not User.objects.exists()


def test_the_key_of_the_mail_confirms_the_address_once_and_may_be_used_twice(
    api: Caller, make_user: Callable[..., User]
) -> None:
    user = make_user(email_confirmed_at=None)
    key = key_of(user)
    answers = [api.post_json("auth/email/verify/", {"key": key}).status_code for _ in range(2)]
    assert answers == [200, 200]
    user.refresh_from_db()
    assert user.email_confirmed
    assert news_of(user) == ["user.email_confirmed"]


@pytest.mark.parametrize("spoil", [lambda k: k[:-1], lambda k: "A" + k, lambda k: "x", str.upper])
def test_a_spoiled_key_is_refused(
    api: Caller, make_user: Callable[..., User], spoil: Callable[[str], str]
) -> None:
    user = make_user(email_confirmed_at=None)
    response = api.post_json("auth/email/verify/", {"key": spoil(key_of(user))})
    assert response.status_code == 400
    user.refresh_from_db()
    assert not user.email_confirmed


def test_a_key_for_a_former_address_or_after_three_days_is_refused(
    api: Caller, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(email_confirmed_at=None)
    for_old_address = key_of(user)
    User.objects.filter(pk=user.pk).update(email="moved@example.com")
    assert api.post_json("auth/email/verify/", {"key": for_old_address}).status_code == 400
    key = key_of(user)
    late = timezone.now() + timedelta(days=3, minutes=1)
    monkeypatch.setattr("django.core.signing.time.time", late.timestamp)
    assert api.post_json("auth/email/verify/", {"key": key}).status_code == 400


def test_keys_signed_for_other_purposes_do_not_confirm(
    api: Caller, make_user: Callable[..., User]
) -> None:
    user = make_user(email_confirmed_at=None)
    other = signing.dumps([user.pk.hex, registration._fingerprint(user.email)], salt="other")
    shape = signing.dumps({"user": 1}, salt=registration.KEY_SALT)
    for key in (other, shape):
        assert api.post_json("auth/email/verify/", {"key": key}).status_code == 400


def test_asking_for_the_mail_again_answers_the_same_for_everybody(
    api: Caller, make_user: Callable[..., User]
) -> None:
    waiting, confirmed = make_user(email_confirmed_at=None), make_user()
    answers = [
        api.post_json("auth/email/resend/", {"email": email})
        for email in (waiting.email, confirmed.email, "nobody@example.com")
    ]
    assert {(a.status_code, str(a.data)) for a in answers} == {(200, str(answers[0].data))}
    assert news_of(waiting) == ["user.confirmation_requested"]
    assert news_of(confirmed) == []


def test_links_are_not_made_for_users_who_are_gone() -> None:
    with pytest.raises(NotFound):
        email_confirmation_url(new_id())


def test_the_page_of_the_link_asks_before_it_confirms(
    client: Any, make_user: Callable[..., User]
) -> None:
    """Mail scanners follow links; only the button confirms."""
    user = make_user(email_confirmed_at=None)
    path = "/" + email_confirmation_url(user.pk).split("/", 3)[3]
    assert client.get(path).status_code == 200
    user.refresh_from_db()
    assert not user.email_confirmed
    assert client.post(path).status_code == 200
    user.refresh_from_db()
    assert user.email_confirmed
    assert client.post(path[:-3] + "/").status_code == 400
