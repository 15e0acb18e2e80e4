"""The admin of this floor: services do the work, refusals are told, secrets are shown once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.lookups import forget_everything
from accounts.models import ApiKey, TokenFamily, User
from accounts.services.api_keys import create_api_key, find_api_key
from accounts.services.second_factor import has_second_factor
from accounts.services.tokens import begin_login
from accounts.tests.test_login import SECRET
from core.identity import Role
from core.models import AuditEntry
from tests.cost import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_sidebar")]
USERS, KEYS = "/admin/accounts/user/", "/admin/accounts/apikey/"


@pytest.fixture
def desk(client: Client, make_user: Callable[..., User]) -> Client:
    client.force_login(make_user(Role.ADMIN, full_name="The Admin"))
    return client


def act(desk: Client, path: str, action: str, *rows: Any) -> Any:
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return desk.post(path, body, follow=True)


@pytest.mark.parametrize(
    "path", [USERS, KEYS, "/admin/accounts/tokenfamily/", "/admin/auth/group/", USERS + "add/",
             KEYS + "add/"],
)  # fmt: skip
def test_every_page_opens_for_an_admin(desk: Client, path: str, log_in_as: Any) -> None:
    user, _ = log_in_as()
    create_api_key(owner=user, name="k", scopes=["profile:read"])
    assert desk.get(path).status_code == 200
    assert desk.get(f"{USERS}{user.pk}/change/").status_code == 200


@pytest.mark.parametrize("role", [Role.AGENT, Role.READONLY])
@pytest.mark.parametrize("path", [USERS, KEYS, "/admin/accounts/tokenfamily/", "/admin/mfa/"])
def test_others_do_not_see_who_may_come_in(
    client: Client, make_user: Callable[..., User], role: Role, path: str
) -> None:
    client.force_login(make_user(role))
    assert client.get(path).status_code in {403, 404}


def test_a_manager_looks_at_users_and_changes_none(
    client: Client, make_user: Callable[..., User]
) -> None:
    user = make_user()
    client.force_login(make_user(Role.MANAGER))
    assert client.get(USERS).status_code == 200
    assert client.get(f"{USERS}{user.pk}/change/").status_code == 200
    posted = client.post(f"{USERS}{user.pk}/change/", {"role": "ADMIN", "full_name": "x"})
    assert posted.status_code == 403
    assert act(client, USERS, "disable_selected", user).status_code == 200
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.role) == (True, Role.SHOPPER)


def test_a_colleague_is_invited_and_given_a_role(desk: Client) -> None:
    body = {"email": "Mo@Example.com", "full_name": "Mo", "role": "AGENT", "language": "en"}
    response = desk.post(f"{USERS}add/", body, follow=True)
    assert response.status_code == 200
    user = User.objects.get(email="mo@example.com")
    assert (user.role, user.has_usable_password()) == (Role.AGENT, False)


def test_a_role_is_changed_through_the_service(
    desk: Client, make_user: Callable[..., User]
) -> None:
    user = make_user(Role.AGENT)
    body = {"full_name": "New Name", "time_zone": "Europe/Berlin", "language": "fr",
            "role": "MANAGER"}  # fmt: skip
    desk.post(f"{USERS}{user.pk}/change/", body | inline(), follow=True)
    user = User.objects.get(pk=user.pk)
    assert (user.role, user.full_name, user.time_zone) == (
        Role.MANAGER, "New Name", "Europe/Berlin",
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="user.set_role", details__to="manager")
    assert entry.actor_id == User.objects.get(full_name="The Admin").pk
    assert entry.actor_role == "tw_admin"


def inline() -> dict[str, str]:
    """The management form of the (read-only) list of logins."""
    return {"token_families-TOTAL_FORMS": "0", "token_families-INITIAL_FORMS": "0"}


def test_the_last_admin_is_told_why_he_stays(desk: Client) -> None:
    me = User.objects.get(full_name="The Admin")
    body = {"full_name": "The Admin", "time_zone": "UTC", "language": "en", "role": "AGENT"}
    response = desk.post(f"{USERS}{me.pk}/change/", body | inline(), follow=True)
    assert "last admin" in response.content.decode()
    assert User.objects.get(pk=me.pk).role is Role.ADMIN
    assert "last admin" in act(desk, USERS, "disable_selected", me).content.decode()
    assert User.objects.get(pk=me.pk).is_active


def test_selected_users_are_disabled_enabled_and_logged_out(
    desk: Client, log_in_as: Callable[..., Any]
) -> None:
    (one, _), (two, _) = log_in_as(), log_in_as()
    act(desk, USERS, "disable_selected", one, two)
    assert not User.objects.filter(pk__in=[one.pk, two.pk], is_active=True).exists()
    act(desk, USERS, "enable_selected", one)
    assert User.objects.get(pk=one.pk).is_active
    begin_login(user=User.objects.get(pk=one.pk))
    act(desk, USERS, "end_sessions_of_selected", one)
    assert not TokenFamily.objects.filter(user=one, ended_at=None).exists()


def test_a_link_alone_changes_nothing(desk: Client, make_user: Callable[..., User]) -> None:
    """Deeds on a user's page ask first: a GET from anywhere must not do them (CSRF)."""
    user = make_user(Role.AGENT)
    TOTP.activate(user, SECRET)
    path = reverse("admin:accounts_user_switch_off_second_factor", args=[user.pk])
    assert path in desk.get(f"{USERS}{user.pk}/change/").content.decode()
    assert desk.get(path).status_code == 200
    assert has_second_factor(user.pk)
    desk.post(path, {"_form_submitted": "True"})
    assert not has_second_factor(user.pk)
    assert AuditEntry.objects.filter(action="user.remove_second_factor").exists()


def test_a_key_is_made_shown_once_rotated_and_revoked(
    desk: Client, make_user: Callable[..., User]
) -> None:
    owner = make_user(Role.MANAGER)
    body = {"owner": str(owner.pk), "name": "till", "scopes": ["orders:read"]}
    made = desk.post(f"{KEYS}add/", body)
    text = re.search(r"tw_live_\w{8}_\w{49}", made.content.decode())
    assert text
    assert "no-store" in made["Cache-Control"]
    key = find_api_key(text[0])
    assert key is not None
    assert key.owner == owner
    assert text[0] not in desk.get(KEYS).content.decode()
    assert text[0] not in desk.get(f"{KEYS}{key.pk}/change/").content.decode()
    asked = desk.get(rotate_path(desk, key))
    assert asked.status_code == 200
    assert ApiKey.objects.get(pk=key.pk).former_until is None
    turned = re.search(r"tw_live_\w{8}_\w{49}", desk.post(rotate_path(desk, key)).content.decode())
    assert turned
    assert turned[0] != text[0]
    act(desk, KEYS, "revoke_selected", key)
    forget_everything()
    assert find_api_key(turned[0]) is None


def rotate_path(desk: Client, key: ApiKey) -> str:
    path = reverse("admin:accounts_apikey_rotate", args=[key.pk])
    assert path in desk.get(f"{KEYS}{key.pk}/change/").content.decode()
    return path


def test_a_key_beyond_its_owners_role_is_refused_in_the_form(
    desk: Client, make_user: Callable[..., User]
) -> None:
    body = {"owner": str(make_user().pk), "name": "till", "scopes": ["users:write"]}
    response = desk.post(f"{KEYS}add/", body, follow=True)
    assert "cannot do more" in response.content.decode()
    assert not ApiKey.objects.exists()


def test_the_four_groups_are_not_edited_by_hand(desk: Client) -> None:
    agent = Group.objects.get(name="agent")
    assert desk.post(f"/admin/auth/group/{agent.pk}/change/", {"name": "x"}).status_code == 403
    assert Group.objects.get(pk=agent.pk).name == "agent"


def test_the_list_of_users_costs_the_same_for_one_or_many(
    desk: Client, make_user: Callable[..., User]
) -> None:
    make_user()
    few = queries_of(lambda: desk.get(USERS))
    for _ in range(4):
        make_user(Role.AGENT)
    assert len(queries_of(lambda: desk.get(USERS))) == len(few)


def test_the_user_menu_leads_to_two_factor(desk: Client) -> None:
    assert '"/accounts/2fa/"' in desk.get("/admin/").content.decode()
