"""Who may do what to which table of this floor, asked of PostgreSQL as each role."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import TokenFamily, User
from accounts.services.api_keys import create_api_key
from accounts.services.tokens import begin_login
from core.identity import Identity, Role, acting_as

pytestmark = pytest.mark.django_db

ALL, OWN, NONE, STAFF = "all", "own", "none", "staff"
READ = {
    #                       manager agent  readonly shopper anonymous unbound
    "accounts_user":        (ALL,   STAFF, ALL,     OWN,    NONE,     NONE),
    "accounts_user_groups": (ALL,   OWN,   ALL,     OWN,    NONE,     NONE),
    "accounts_apikey":      (OWN,   OWN,   OWN,     OWN,    NONE,     NONE),
    "accounts_tokenfamily": (OWN,   OWN,   OWN,     OWN,    NONE,     NONE),
    "accounts_refreshtoken": (NONE, NONE,  NONE,    NONE,   NONE,     NONE),
    "mfa_authenticator":    (OWN,   OWN,   OWN,     OWN,    NONE,     NONE),
    "account_emailaddress": (NONE,  NONE,  NONE,    NONE,   NONE,     NONE),
}  # fmt: skip
ROLES = [
    Role.MANAGER, Role.AGENT, Role.READONLY, Role.SHOPPER, Role.ANONYMOUS, Role.UNBOUND,
]  # fmt: skip


@pytest.fixture
def people(make_user: Callable[..., User]) -> dict[str, User]:
    """A colleague of each role and two shoppers, everybody with one row in every table."""
    made = {
        role.name: make_user(role)
        for role in (Role.ADMIN, Role.MANAGER, Role.AGENT, Role.READONLY, Role.SHOPPER)
    }
    made["OTHER"] = make_user()
    for user in made.values():
        begin_login(user=user)
        create_api_key(owner=user, name="k", scopes=["profile:read"])
        Authenticator.objects.create(user=user, type="totp", data={})
    return made


def ask(sql: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else [cursor.rowcount]


def as_(role: Role, user: User | None) -> Any:
    return acting_as(Identity(role, user.pk if user else None))


def owners_seen(table: str) -> set[UUID]:
    column = {
        "accounts_user": "id",
        "accounts_apikey": "owner_id",
        "accounts_refreshtoken": "family_id",
    }.get(table, "user_id")
    return {row[0] for row in ask(f"SELECT {column} FROM {table}")}  # noqa: S608  - a constant


@pytest.mark.parametrize("table", READ)
def test_each_role_reads_its_rows_and_no_others(people: dict[str, User], table: str) -> None:
    everybody = {u.pk for u in people.values()}
    staff = {u.pk for u in people.values() if u.is_staff}
    if table == "accounts_user_groups":
        everybody = staff
    for role, expected in zip(ROLES, READ[table], strict=True):
        me = people.get(role.name)
        with as_(role, me):
            if expected == NONE:
                with pytest.raises(ProgrammingError, match="denied"), transaction.atomic():
                    owners_seen(table)
                continue
            seen = owners_seen(table)
        assert me is not None
        assert seen == {ALL: everybody, OWN: {me.pk} & everybody, STAFF: staff}[expected], role


NARROW = [Role.MANAGER, Role.AGENT, Role.READONLY, Role.SHOPPER, Role.ANONYMOUS, Role.UNBOUND]
FORBIDDEN = {
    "make oneself a superuser": "UPDATE accounts_user SET is_superuser = true WHERE id = %(me)s",
    "make oneself staff": "UPDATE accounts_user SET is_staff = true WHERE id = %(me)s",
    "set one's password": "UPDATE accounts_user SET password = 'x' WHERE id = %(me)s",
    "revive old tokens": "UPDATE accounts_user SET session_epoch = 0 WHERE id = %(me)s",
    "confirm oneself": "UPDATE accounts_user SET email_confirmed_at = now() WHERE id = %(me)s",
    "join the admins": (
        "INSERT INTO accounts_user_groups (user_id, group_id) "
        "SELECT %(me)s, id FROM auth_group WHERE name = 'admin'"
    ),
    "give one's group all rights": (
        "INSERT INTO auth_group_permissions (group_id, permission_id) "
        "SELECT g.id, p.id FROM auth_group g, auth_permission p ON CONFLICT DO NOTHING"
    ),
    "rename a group": "UPDATE auth_group SET name = 'admins' WHERE name = 'admin'",
    "add a user": (
        "INSERT INTO accounts_user (id, email, password) VALUES (gen_random_uuid(), 'x@y.z', '')"
    ),
    "delete a user": "DELETE FROM accounts_user WHERE id = %(other)s",
    "steal a login": "UPDATE accounts_tokenfamily SET user_id = %(me)s WHERE user_id = %(other)s",
    "revive a login": "UPDATE accounts_tokenfamily SET ended_at = NULL WHERE user_id = %(me)s",
    "drop a second factor": "DELETE FROM mfa_authenticator WHERE user_id = %(other)s",
    "read refresh tokens": "SELECT digest FROM accounts_refreshtoken",
}


@pytest.mark.parametrize("role", NARROW)
def test_nobody_but_admins_and_the_house_changes_who_may_do_what(
    people: dict[str, User], role: Role
) -> None:
    me = people.get(role.name)
    names = {"me": me.pk if me else None, "other": people["OTHER"].pk}
    done = []
    for deed, sql in FORBIDDEN.items():
        with (
            as_(role, me),
            suppress(ProgrammingError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, names)
            done.append(deed)
    assert done == []


def test_control_the_house_may_do_each_of_them(people: dict[str, User]) -> None:
    """Otherwise a misspelt statement would count as refused."""
    names = {"me": people["AGENT"].pk, "other": people["OTHER"].pk}
    for sql in FORBIDDEN.values():
        with (
            as_(Role.SYSTEM, None),
            suppress(IntegrityError),  # incomplete rows, for brevity: the table was reached
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, names)
            transaction.set_rollback(True)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.READONLY, Role.SHOPPER])
def test_everybody_changes_their_own_name_and_nobody_elses(
    people: dict[str, User], role: Role
) -> None:
    me, other = people[role.name], people["OTHER"]
    with as_(role, me):
        update = "UPDATE accounts_user SET full_name = 'N' WHERE id = %s"
        assert ask(update, me.pk) == [1]
        assert ask(update, other.pk) == [0]


def test_a_manager_makes_keys_in_no_name_but_his_own(people: dict[str, User]) -> None:
    manager, admin = people["MANAGER"], people["ADMIN"]
    with as_(Role.MANAGER, manager):
        create_api_key(owner=manager, name="mine", scopes=["orders:read"])
        with pytest.raises(ProgrammingError), transaction.atomic():
            create_api_key(owner=admin, name="his", scopes=["orders:read"])


def test_an_admin_reaches_everything_of_this_floor(people: dict[str, User]) -> None:
    with as_(Role.ADMIN, people["ADMIN"]):
        assert owners_seen("accounts_user") == {u.pk for u in people.values()}
        assert TokenFamily.objects.count() == len(people)
        assert ask("UPDATE accounts_user SET is_active = false WHERE id = %s", people["OTHER"].pk)


def test_without_an_identity_nothing_is_readable(people: dict[str, User]) -> None:
    with (
        acting_as(Identity(Role.UNBOUND)),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        list(User.objects.all())
