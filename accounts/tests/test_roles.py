"""Roles: groups kept by the code, scopes, and who may take whose role away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts.authentication import bearer
from accounts.enums import STAFF_GROUPS
from accounts.lookups import forget_everything
from accounts.models import User
from accounts.roles import GRANTED, is_granted, sync_roles
from accounts.scopes import SCOPES, SCOPES_OF_ROLE, scopes_of
from accounts.services.demo import DEMO_LOGINS, PASSWORD, create_demo_users
from accounts.services.tokens import begin_login
from accounts.services.users import disable, enable, invite, set_role
from accounts.tests.conftest import Caller
from core.api.checks import api_views
from core.api.permissions import one_of
from core.errors import Conflict
from core.identity import Role
from core.models import Event

pytestmark = pytest.mark.django_db


def permissions_of(group: str) -> set[str]:
    found = Permission.objects.filter(group__name=group).select_related("content_type")
    return {f"{p.content_type.app_label}.{p.codename}" for p in found}


def test_each_role_is_a_group_with_permissions() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(STAFF_GROUPS)
    assert permissions_of("admin") == {
        f"{p.content_type.app_label}.{p.codename}"
        for p in Permission.objects.select_related("content_type")
    }
    assert "commerce.change_order" in permissions_of("agent")
    assert "accounts.view_user" in permissions_of("manager")
    assert "accounts.change_user" not in permissions_of("manager")


def test_readonly_changes_nothing() -> None:
    assert permissions_of("readonly")
    assert all(".view_" in name for name in permissions_of("readonly"))


@pytest.mark.parametrize("group", [name for name in GRANTED if name != "admin"])
def test_only_admins_touch_users_groups_and_second_factors(group: str) -> None:
    dangerous = [
        "accounts.change_user", "accounts.add_user", "accounts.add_apikey", "auth.change_group",
        "auth.add_permission", "mfa.view_authenticator", "accounts.change_tokenfamily",
    ]  # fmt: skip
    assert [name for name in dangerous if is_granted(group, name)] == []


def test_the_groups_are_mended_to_what_the_code_says() -> None:
    agent = Group.objects.get(name="agent")
    before = permissions_of("agent")
    agent.permissions.set(Permission.objects.filter(codename="delete_user"))
    own = Group.objects.create(name="warehouse")
    own.permissions.set(Permission.objects.filter(codename="delete_user"))
    last = [c for c in apps.get_app_configs() if c.models_module is not None][-1]
    sync_roles(last)
    assert permissions_of("agent") == before
    assert permissions_of("warehouse") == {"accounts.delete_user"}


@pytest.mark.django_db(transaction=True)
def test_the_groups_are_there_again_after_a_flush() -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert "commerce.change_order" in permissions_of("agent")


def test_every_scope_of_a_role_is_explained() -> None:
    for scopes in SCOPES_OF_ROLE.values():
        assert scopes <= set(SCOPES)
    assert scopes_of(Role.SYSTEM) == scopes_of(Role.ANONYMOUS) == frozenset()


def test_wider_roles_reach_what_narrower_staff_reach() -> None:
    assert scopes_of(Role.AGENT) <= scopes_of(Role.MANAGER) <= scopes_of(Role.ADMIN)
    assert not [s for s in scopes_of(Role.READONLY) if s.endswith((":erase", ":refund", ":run"))]


@pytest.mark.parametrize("role", [*STAFF_GROUPS.values(), Role.SHOPPER])
def test_a_role_is_set_and_read_back(make_user: Callable[..., User], role: Role) -> None:
    make_user(Role.ADMIN)
    user = make_user(Role.AGENT)
    set_role(user=user, role=role)
    again = User.objects.get(pk=user.pk)
    assert again.role is role
    assert again.is_staff is (role is not Role.SHOPPER)


def test_the_widest_of_two_groups_decides(make_user: Callable[..., User]) -> None:
    user = make_user(Role.READONLY)
    user.groups.add(Group.objects.get(name="manager"))
    assert User.objects.get(pk=user.pk).role is Role.MANAGER


def test_a_new_role_ends_the_tokens_of_the_former(make_user: Callable[..., User]) -> None:
    user = make_user(Role.MANAGER)
    tokens = begin_login(user=user)
    set_role(user=User.objects.get(pk=user.pk), role=Role.AGENT)
    forget_everything()
    assert bearer(tokens.access) is None


def test_the_last_admin_stays(make_user: Callable[..., User]) -> None:
    admin = make_user(Role.ADMIN)
    for deed in (lambda: disable(user=admin), lambda: set_role(user=admin, role=Role.AGENT)):
        with pytest.raises(Conflict):
            deed()
    make_user(Role.ADMIN)
    set_role(user=User.objects.get(pk=admin.pk), role=Role.AGENT)
    assert User.objects.get(pk=admin.pk).role is Role.AGENT


def test_a_disabled_user_is_out_and_comes_back_with_nothing_open(
    make_user: Callable[..., User],
) -> None:
    user = make_user()
    tokens = begin_login(user=user)
    disable(user=User.objects.get(pk=user.pk))
    enable(user=User.objects.get(pk=user.pk))
    forget_everything()
    assert bearer(tokens.access) is None
    assert bearer(begin_login(user=User.objects.get(pk=user.pk)).access) is not None


def test_an_invited_colleague_chooses_the_password_by_mail() -> None:
    user = invite(email="New@Example.com", full_name="N", role=Role.AGENT)
    assert (user.email, user.role, user.has_usable_password()) == (
        "new@example.com", Role.AGENT, False,
    )  # fmt: skip
    told = set(Event.objects.filter(subject=f"user:{user.pk}").values_list("type", flat=True))
    assert told == {"user.registered", "user.password_reset_requested"}
    with pytest.raises(Conflict):
        invite(email="new@example.com", full_name="N", role=Role.AGENT)


def test_the_demo_logins_work_and_are_made_once(api: Caller) -> None:
    made = create_demo_users()
    assert create_demo_users() == made
    for login in DEMO_LOGINS:
        answer = api.post_json("auth/login/", {"email": login.email, "password": PASSWORD})
        assert answer.status_code == 200
        assert answer.data["user"]["role"] == login.role.name.lower()


def test_createsuperuser_works_without_an_identity(db: Any, capsys: Any) -> None:
    from core.identity import Identity, acting_as

    with acting_as(Identity(Role.UNBOUND)):
        call_command("createsuperuser", email="Root@example.com", interactive=False)
    root = User.objects.get(email="root@example.com")
    assert root.role is Role.ADMIN
    assert root.email_confirmed


def test_every_door_asks_for_scopes_that_some_role_has() -> None:
    """A misspelt scope shuts a door for good, and nobody can make a key for it."""
    unknown = {
        f"{route} {method}: {scope}"
        for route, view in api_views()
        for method, needed in view.scopes.items()
        for scope in one_of(needed)
        if scope not in SCOPES
    }
    assert unknown == set()
