"""Logging in through the API: one answer for every wrong thing, counted tries, two-factor."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.contrib.auth import hashers

from accounts.models import TokenFamily, User
from accounts.tests.conftest import PASSWORD, Caller
from core.encryption.rotation import rotate
from core.identity import Role
from core.models import AuditEntry

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, *, at: float | None = None) -> str:
    """What an authenticator app shows (RFC 6238), written here a second time."""
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def log_in(api: Caller, user: User, password: str = PASSWORD, **more: str) -> Any:
    return api.post_json("auth/login/", {"email": user.email, "password": password, **more})


def test_login_gives_tokens_and_the_user(api: Caller, make_user: Callable[..., User]) -> None:
    user = make_user(full_name="Ann Example")
    response = log_in(api, user)
    assert response.status_code == 200
    assert set(response.data) >= {"access", "refresh", "user"}
    assert response.data["user"]["email"] == user.email
    assert response["Cache-Control"] == "no-store"
    api.token = response.data["access"]
    assert api.get_json("auth/user/").data["full_name"] == "Ann Example"
    family = TokenFamily.objects.get(user=user)
    assert family.ip
    user.refresh_from_db()
    assert user.last_login is not None


def test_the_address_may_be_typed_in_any_case(api: Caller, make_user: Callable[..., User]) -> None:
    user = make_user()
    answer = api.post_json("auth/login/", {"email": user.email.upper(), "password": PASSWORD})
    assert answer.status_code == 200


def test_unknown_wrong_and_disabled_get_the_same_answer(
    api: Caller, make_user: Callable[..., User]
) -> None:
    disabled = make_user(is_active=False)
    known = make_user()
    answers = [
        log_in(api, known, "not the password"),
        log_in(api, disabled),
        api.post_json("auth/login/", {"email": "nobody@example.com", "password": PASSWORD}),
    ]
    assert [a.status_code for a in answers] == [401, 401, 401]
    assert len({str(a.error) for a in answers}) == 1
    assert answers[0].error["code"] == "not_authenticated"


def test_an_unknown_address_costs_as_many_hashes_as_a_known_one(
    api: Caller, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, counted = make_user(), []
    hasher = type(hashers.get_hasher())
    real = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, *a, **k: counted.append(1) or real(self, *a, **k)
    )
    log_in(api, user, "not the password")
    known = len(counted)
    counted.clear()
    api.post_json("auth/login/", {"email": "nobody@example.com", "password": "not the password"})
    assert len(counted) == known == 1


def test_wrong_passwords_are_on_record_and_right_ones_too(
    api: Caller, make_user: Callable[..., User]
) -> None:
    user = make_user()
    log_in(api, user, "not the password")
    log_in(api, user)
    entries = AuditEntry.objects.filter(action="user.login", resource=f"user:{user.pk}")
    assert sorted(entries.values_list("success", flat=True)) == [False, True]
    assert "not the password" not in str(list(entries.values()))


def test_the_sixth_wrong_password_in_a_minute_has_to_wait(
    api: Caller, make_user: Callable[..., User]
) -> None:
    user = make_user()
    answers = [log_in(api, user, f"guess {n}").status_code for n in range(5)]
    refused = log_in(api, user)
    assert answers == [401] * 5
    assert refused.status_code == 429
    assert refused.error["code"] == "rate_limited"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert log_in(Caller(), user).status_code == 200, "another address is not shut out"


def test_right_passwords_are_not_counted(api: Caller, make_user: Callable[..., User]) -> None:
    user = make_user()
    assert [log_in(api, user).status_code for _ in range(8)] == [200] * 8


def test_an_unconfirmed_address_may_log_in_and_says_so(
    api: Caller, make_user: Callable[..., User]
) -> None:
    response = log_in(api, make_user(email_confirmed_at=None))
    assert response.status_code == 200
    assert response.data["user"]["email_verified"] is False


def test_a_stale_token_does_not_shut_the_login_door(
    api: Caller, make_user: Callable[..., User]
) -> None:
    api.token = "not.a.token"
    assert log_in(api, make_user()).status_code == 200
    assert api.get_json("auth/user/").status_code == 401


# -- two-factor ------------------------------------------------------------------------------------


@pytest.fixture
def guarded(make_user: Callable[..., User]) -> User:
    user = make_user(Role.AGENT)
    TOTP.activate(user, SECRET)
    return user


def test_the_password_alone_is_not_enough_with_two_factor(api: Caller, guarded: User) -> None:
    response = log_in(api, guarded)
    assert response.status_code == 401
    assert "code" in response.error["details"]
    assert not TokenFamily.objects.filter(user=guarded).exists()


def test_password_and_code_open_the_door_once_per_code(api: Caller, guarded: User) -> None:
    now = code()
    assert log_in(api, guarded, code=now).status_code == 200
    assert log_in(api, guarded, code=now).status_code == 401, "a code counts once (ASVS 6.5.1)"


def test_a_code_does_not_replace_the_password(api: Caller, guarded: User) -> None:
    assert log_in(api, guarded, "not the password", code=code()).status_code == 401


@pytest.mark.parametrize("wrong", ["000000", "12345", "abcdef", "１２３４５６", "0" * 20])
def test_a_wrong_code_is_refused(api: Caller, guarded: User, wrong: str) -> None:
    if wrong == code():
        wrong = "111111"
    assert log_in(api, guarded, code=wrong).status_code == 401


def test_an_old_code_is_refused(api: Caller, guarded: User) -> None:
    assert log_in(api, guarded, code=code(at=time.time() - 300)).status_code == 401


def test_codes_cannot_be_guessed_from_many_addresses(guarded: User) -> None:
    answers = [log_in(Caller(), guarded, code=f"00000{n}").status_code for n in range(7)]
    assert answers[:5] == [401] * 5
    assert answers[5:] == [429] * 2
    assert log_in(Caller(), guarded, code=code()).status_code == 429


def test_each_recovery_code_works_once(api: Caller, guarded: User) -> None:
    one, *_ = RecoveryCodes.activate(guarded).get_unused_codes()
    assert log_in(api, guarded, code=one).status_code == 200
    assert log_in(api, guarded, code=one).status_code == 401


def test_secrets_of_two_factor_are_encrypted_at_rest(guarded: User) -> None:
    assert SECRET not in str(Authenticator.objects.get(user=guarded).data)


def test_two_factor_outlives_an_exchange_of_the_encryption_key(
    api: Caller, guarded: User, settings: Any
) -> None:
    RecoveryCodes.activate(guarded)
    former, new = settings.FIELD_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, former]
    rotated = {t.column: t.rotated for t in rotate() if t.table == "mfa_authenticator"}
    assert rotated == {"data.secret": 1, "data.seed": 1}
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert log_in(api, guarded, code=code()).status_code == 200


def test_a_security_key_user_is_not_let_in_by_the_password(
    api: Caller, make_user: Callable[..., User]
) -> None:
    user = make_user(Role.ADMIN)
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={})
    assert log_in(api, user).status_code == 401


def test_where_required_staff_without_a_second_factor_get_no_token(
    api: Caller, make_user: Callable[..., User], settings: Any
) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True
    assert log_in(api, make_user(Role.MANAGER)).status_code == 401
    assert log_in(api, make_user()).status_code == 200
