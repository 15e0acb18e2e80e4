"""API keys: shown once, hashed, found by one indexed read, never wider than their maker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.key_format import new_key, parse
from accounts.lookups import forget_everything
from accounts.models import ApiKey, User
from accounts.scopes import scopes_of
from accounts.services.api_keys import (
    MadeKey,
    create_api_key,
    find_api_key,
    revoke_api_key,
    rotate_api_key,
    scopes_of_key,
)
from accounts.services.users import disable, set_role
from accounts.tests.conftest import Caller
from core.errors import Conflict, Invalid
from core.identity import Role
from core.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(make_user: Callable[..., User]) -> MadeKey:
    return create_api_key(
        owner=make_user(Role.MANAGER), name="till", scopes=["orders:read", "customers:read"]
    )


def found(text: str) -> ApiKey | None:
    forget_everything()
    return find_api_key(text)


# -- what it looks like ----------------------------------------------------------------------------


def test_a_key_says_what_it_is_and_carries_256_bits() -> None:
    key = new_key()
    assert key.text.startswith("tw_live_")
    assert parse(key.text) == key
    assert len(key.text) == len("tw_live_") + 8 + 1 + 43 + 6
    assert key.secret not in repr(key)


def test_a_mistyped_key_is_refused_without_asking_the_database(key: MadeKey) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for position in range(8, len(key.text), 5):
            other = "a" if key.text[position] != "a" else "b"
            assert find_api_key(key.text[:position] + other + key.text[position + 1 :]) is None
    assert len(asked) == 0


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    assert parse(text) is None
    assert parse("tw_live_" + text) is None


# -- finding it ------------------------------------------------------------------------------------


def test_the_key_is_found_and_its_secret_is_nowhere(key: MadeKey) -> None:
    assert found(key.text) == key.row
    row = ApiKey.objects.filter(pk=key.row.pk).values().get()
    secret = parse(key.text).secret  # type: ignore[union-attr]  # it is well-formed
    assert secret not in str(row)
    assert len(bytes(row["digest"])) == 32


def test_finding_a_key_reads_one_row_by_its_index(key: MadeKey) -> None:
    find_api_key(key.text)  # notes the use
    forget_everything()
    with CaptureQueriesContext(connection) as asked:
        assert find_api_key(key.text) is not None
    reads = [q["sql"] for q in asked if 'FROM "accounts_apikey"' in q["sql"]]
    assert len(reads) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + reads[0])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "accounts_apikey_public_id" in plan


def test_within_five_seconds_the_database_is_not_asked_again(key: MadeKey) -> None:
    find_api_key(key.text)
    with CaptureQueriesContext(connection) as asked:
        assert find_api_key(key.text) is not None
    assert len(asked) == 0


def test_the_right_id_with_another_secret_is_refused(key: MadeKey) -> None:
    assert found(new_key(key.row.public_id).text) is None


def test_an_unknown_key_is_compared_all_the_same(
    key: MadeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hmac

    compared: list[int] = []
    real = hmac.compare_digest

    def counting(a: Any, b: Any) -> bool:
        compared.append(len(a))
        return real(a, b)

    monkeypatch.setattr("accounts.key_format.hmac.compare_digest", counting)
    found(key.text)
    known = list(compared)
    compared.clear()
    found(new_key().text)
    assert compared == known


@pytest.mark.parametrize("ended", ["expires_at", "revoked_at"])
def test_an_expired_or_revoked_key_is_refused(key: MadeKey, ended: str) -> None:
    ApiKey.objects.update(**{ended: timezone.now()})
    assert found(key.text) is None


def test_the_keys_of_a_disabled_owner_are_refused(key: MadeKey) -> None:
    disable(user=key.row.owner)
    assert found(key.text) is None


def test_a_key_loses_what_its_owner_loses(key: MadeKey) -> None:
    set_role(user=User.objects.get(pk=key.row.owner_id), role=Role.SHOPPER)
    again = found(key.text)
    assert again is not None
    assert scopes_of_key(again) == {"orders:read"}


def test_use_is_noted_once_a_minute(key: MadeKey) -> None:
    find_api_key(key.text)
    first = ApiKey.objects.get(pk=key.row.pk).last_used_at
    assert first is not None
    forget_everything()
    with CaptureQueriesContext(connection) as asked:
        find_api_key(key.text)
    assert not [q for q in asked if q["sql"].startswith("UPDATE")]
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    found(key.text)
    assert ApiKey.objects.get(pk=key.row.pk).last_used_at >= first


# -- making, rotating, revoking --------------------------------------------------------------------


@pytest.mark.parametrize(
    "scopes", [[], ["no:such"], ["users:write"], ["orders:read", "events:replay"]], ids=str
)
def test_a_manager_cannot_make_a_key_wider_than_himself(
    make_user: Callable[..., User], scopes: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        create_api_key(owner=make_user(Role.MANAGER), name="x", scopes=scopes)
    assert "scopes" in refusal.value.details


def test_a_key_cannot_make_a_wider_key(make_user: Callable[..., User]) -> None:
    owner = make_user(Role.ADMIN)
    for allowed in (frozenset({"apikeys:write"}), frozenset()):
        with pytest.raises(Invalid):
            create_api_key(owner=owner, name="x", scopes=["orders:read"], allowed=allowed)


def test_after_a_rotation_both_secrets_count_until_the_overlap_ends(key: MadeKey) -> None:
    new = rotate_api_key(key=key.row)
    assert new.text != key.text
    assert found(new.text) == found(key.text) == key.row
    ApiKey.objects.update(former_until=timezone.now())
    assert found(key.text) is None
    assert found(new.text) is not None


def test_a_rotation_without_overlap_ends_the_former_secret_at_once(key: MadeKey) -> None:
    new = rotate_api_key(key=key.row, overlap=timedelta())
    assert found(key.text) is None
    assert found(new.text) is not None


def test_a_second_rotation_ends_the_first_secret(key: MadeKey) -> None:
    second = rotate_api_key(key=key.row)
    third = rotate_api_key(key=key.row)
    assert [found(k.text) is not None for k in (key, second, third)] == [False, True, True]


def test_a_revoked_key_is_not_rotated_and_revoking_ends_both_secrets(key: MadeKey) -> None:
    new = rotate_api_key(key=key.row)
    assert revoke_api_key(key=key.row)
    assert not revoke_api_key(key=key.row)
    assert found(key.text) is None
    assert found(new.text) is None
    with pytest.raises(Conflict):
        rotate_api_key(key=key.row)


def test_every_deed_is_on_record_without_the_key(key: MadeKey) -> None:
    new = rotate_api_key(key=key.row)
    revoke_api_key(key=key.row)
    entries = AuditEntry.objects.filter(resource=f"apikey:{key.row.pk}").order_by("id")
    assert [e.action for e in entries] == ["apikey.create", "apikey.rotate", "apikey.revoke"]
    written = str(list(entries.values()))
    assert key.text not in written
    assert new.text not in written


def test_keys_outlive_an_exchange_of_the_secret_key(key: MadeKey, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-new-one-" + "y" * 50
    assert found(key.text) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert found(key.text) is None


def test_the_terminal_makes_keys_too(make_user: Callable[..., User], capsys: Any) -> None:
    owner = make_user(Role.MANAGER)
    call_command("create_api_key", owner.email, "till", "orders:read", "--days", "3")
    key = found(capsys.readouterr().out.strip())
    assert key is not None
    assert key.owner == owner
    for wrong in (["nobody@example.com", "x", "orders:read"], [owner.email, "x", "users:write"]):
        with pytest.raises(CommandError):
            call_command("create_api_key", *wrong)


# -- over HTTP -------------------------------------------------------------------------------------


def test_the_whole_life_of_a_key_over_http(api: Caller, log_in_as: Callable[..., Any]) -> None:
    _, tokens = log_in_as(Role.MANAGER)
    api.token = tokens.access
    made = api.post_json("api-keys/", {"name": "till", "scopes": ["apikeys:read", "profile:read"]})
    assert made.status_code == 201
    assert made.data["key"].startswith("tw_")
    assert made["Cache-Control"] == "no-store"
    machine = Caller()
    mine = machine.get_json("auth/user/", **{"X-API-Key": made.data["key"]})
    assert mine.status_code == 200
    listed = machine.get_json("api-keys/", **{"X-API-Key": made.data["key"]})
    assert [row["id"] for row in listed.data] == [made.data["id"]]
    assert made.data["key"] not in listed.content.decode()
    assert "key" not in listed.data[0]
    beyond = machine.post_json("api-keys/", {}, **{"X-API-Key": made.data["key"]})
    assert beyond.status_code == 403
    turned = api.post_json(f"api-keys/{made.data['id']}/rotate/", {"overlap_hours": 0})
    assert turned.data["key"] != made.data["key"]
    assert api.call("DELETE", f"api-keys/{made.data['id']}/").status_code == 204
    forget_everything()
    gone = machine.get_json("auth/user/", **{"X-API-Key": turned.data["key"]})
    assert gone.status_code == 401


def test_others_keys_do_not_exist_for_me(
    api: Caller, key: MadeKey, log_in_as: Callable[..., Any]
) -> None:
    for role in (Role.MANAGER, Role.ADMIN):
        _, tokens = log_in_as(role)
        api.token = tokens.access
        assert api.get_json("api-keys/").data == []
        assert api.get_json(f"api-keys/{key.row.pk}/").status_code == 404
        assert api.call("DELETE", f"api-keys/{key.row.pk}/").status_code == 404
        assert api.post_json(f"api-keys/{key.row.pk}/rotate/").status_code == 404
    assert found(key.text) is not None


@pytest.mark.parametrize("role", [Role.AGENT, Role.READONLY, Role.SHOPPER])
def test_who_may_not_make_keys_cannot(
    api: Caller, log_in_as: Callable[..., Any], role: Role
) -> None:
    _, tokens = log_in_as(role)
    api.token = tokens.access
    scopes = sorted(scopes_of(role))[:1]
    assert api.post_json("api-keys/", {"name": "x", "scopes": scopes}).status_code == 403


def test_a_good_token_does_not_save_a_bad_key(
    api: Caller, key: MadeKey, log_in_as: Callable[..., Any]
) -> None:
    answer = api.get_json("auth/user/", **{"X-API-Key": "tw_live_nothing"})
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]
