"""What the database says about itself: policies, grants, functions with the owner's rights."""

import os
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from core.identity import Identity, Role, acting_as
from core.personal_data import declarations
from tests.architecture.worlds import protected_tables

pytestmark = pytest.mark.django_db

SNAPSHOT = Path(__file__).parent / "policies.txt"
WRITE = "WRITE_POLICIES"
OUR_ROLES = [role.value for role in Role if role is not Role.UNBOUND]
EVERYBODY = {"tw_base", Role.UNBOUND.value}
# tables with personal data that the bare login must reach before it knows who asks: table -> why
UNPROTECTED: dict[str, str] = {}
# whoever may call them acts with the owner's rights inside: each was read with that in mind
DEFINERS = {
    "app_my_accounts",
    "app_my_customers",
    "app_wording",  # published words only, for whoever is told something
    "app_my_payees",
    "app_my_vendors",
    "commerce_return_told",  # number and state of a return, to the vendor of the line
    "core_arrive",
    "core_publish",
}
ARRIVE = """
SELECT * FROM core_arrive(ARRAY[%s], ARRAY['evt_1'], ARRAY[%s], ARRAY[''], ARRAY['{}'::bytea],
                          ARRAY['{}'::jsonb])
"""
# policies for everybody, besides the grants: leaving a trace needs no identity
FOR_EVERYBODY = {("core_auditentry", "trace")}


def rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def policies() -> list[tuple]:
    return rows(
        """
        SELECT tablename, policyname, permissive, roles::text[], cmd,
               coalesce(qual, ''), coalesce(with_check, '')
        FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename, policyname
        """
    )


def in_words() -> str:
    """All policies, shortly: per table who may do which verbs under which condition."""
    table_rules: dict[str, dict[tuple[str, str], list[str]]] = {}
    for table, _, permissive, roles, verb, using, check in policies():
        same = not check or not using or using == check
        condition = using or check if same else f"{using} CHECK {check}"
        rule = (",".join(sorted(roles)).replace(owner(), "OWNER"), " ".join(condition.split()))
        word = verb if permissive == "PERMISSIVE" else f"RESTRICTIVE {verb}"
        table_rules.setdefault(table, {}).setdefault(rule, []).append(word)
    text = ""
    for table, rules in table_rules.items():
        text += f"{table}\n"
        alike: dict[tuple[str, str], list[str]] = {}
        for (roles, condition), verbs in rules.items():
            alike.setdefault((" ".join(sorted(verbs)), condition), []).append(roles)
        text += "".join(
            f"    {' '.join(roles)}: {verbs}: {condition}\n"
            for (verbs, condition), roles in sorted(alike.items(), key=str)
        )
    return text


def test_policies_are_those_that_were_reviewed():
    found = in_words()
    if os.environ.get(WRITE):
        SNAPSHOT.write_text(found)
    assert found == SNAPSHOT.read_text(), (
        f"The policies changed. When that is meant: {WRITE}=1 pytest {Path(__file__).name}, then "
        "read the difference of policies.txt as carefully as code."
    )


def owner() -> str:
    return str(rows("SELECT tableowner FROM pg_tables WHERE tablename = 'core_event'")[0][0])


def test_every_table_with_personal_data_is_protected_for_every_role():
    protected = set(protected_tables())
    forced = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relforcerowsecurity")}
    for declaration in declarations():
        table = declaration.model._meta.db_table
        if not declaration.holds_personal_data or table in UNPROTECTED:
            continue
        assert table in protected, (
            f"{table} holds personal data and has no row-level security: "
            "add protect(...) to its floor's 0002 migration (core/identity/policies.py)."
        )
        assert table in forced, f"{table}: its owner is not bound by its policies (FORCE)."


def test_no_declaration_calls_a_table_unprotected_without_being_listed():
    unprotected = {d.model._meta.db_table: d.unprotected for d in declarations() if d.unprotected}
    assert unprotected == UNPROTECTED


def test_every_grant_has_a_policy_and_every_policy_a_grant():
    by_policy: dict[tuple[str, str], set[str]] = {}
    for table, _, _, roles, verb, _, _ in policies():
        for role in roles:
            verbs = {"SELECT", "INSERT", "UPDATE", "DELETE"} if verb == "ALL" else {verb}
            by_policy.setdefault((table, role), set()).update(verbs)
    for table in protected_tables():
        for role in [*OUR_ROLES, *EVERYBODY]:
            granted = {
                verb
                for verb, yes in rows(
                    """
                    SELECT verb, CASE verb WHEN 'DELETE' THEN has_table_privilege(%s, %s, verb)
                                 ELSE has_any_column_privilege(%s, %s, verb) END
                    FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS verb
                    """,
                    role, table, role, table,
                )
                if yes
            }  # fmt: skip
            expected = by_policy.get((table, role), set())
            if role not in EVERYBODY:  # members inherit what everybody may
                expected = expected | by_policy.get((table, "tw_base"), set())
            assert granted == expected, (table, role)


def test_each_policy_is_for_named_roles_and_lets_its_tables_owner_work():
    for table, name, permissive, roles, *_ in policies():
        assert "public" not in roles, (table, name)
        assert permissive == "PERMISSIVE", (table, name)
        if EVERYBODY & set(roles):
            assert (table, name) in FOR_EVERYBODY
    with_owner = {table for table, name, _, roles, *_ in policies() if roles == [owner()]}
    assert with_owner == set(protected_tables())


def test_policies_ask_once_per_statement_not_once_per_row():
    """`(SELECT f())` becomes an InitPlan; a bare call runs for every row."""
    for table, name, _, _, _, using, check in policies():
        condition = f"{using} {check}"
        for function in ("app_uid()", "app_my_customers()"):
            bare = condition.replace(f"SELECT {function}", "")
            assert function not in bare, (table, name, condition)
        assert "current_setting" not in condition, (table, name)


def test_functions_with_the_owners_rights_are_known_and_fix_their_search_path():
    definers = rows(
        """
        SELECT proname, prorettype = 'trigger'::regtype,
               coalesce(array_to_string(proconfig, ','), '')
        FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
        """
    )
    assert {name for name, is_trigger, _ in definers if not is_trigger} == DEFINERS
    for name, _, config in definers:
        assert "search_path=pg_catalog" in config, name
        # not named, it comes first: a temporary table would stand in for one of ours
        assert "pg_temp" in config.rpartition("search_path=")[2].split(", ")[-1], name


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
@pytest.mark.parametrize("news", ["payment.succeeded", "order.paid"])
def test_nobody_but_the_house_announces_money(role: Role, news: str):
    with acting_as(Identity(role)), pytest.raises(DatabaseError) as refused, transaction.atomic():
        rows("SELECT core_publish(%s, 'payment:1', '{}'::jsonb)", news)
    assert refused.value.__cause__.sqlstate == "42501"


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.SYSTEM, Role.UNBOUND)])
def test_no_person_takes_in_what_arrives(role: Role):
    with acting_as(Identity(role)), pytest.raises(DatabaseError) as refused, transaction.atomic():
        rows(ARRIVE, "stripe", "stripe.charge.refunded")
    assert refused.value.__cause__.sqlstate == "42501"


@pytest.mark.parametrize("source", ["tradewind", "stripe"])
def test_what_arrives_is_never_written_as_news_of_ours(source: str):
    assert rows(ARRIVE, source, "payment.succeeded") == []
    assert len(rows(ARRIVE, "stripe", "stripe.payment_intent.succeeded")) == 1


def test_nobody_may_truncate_and_no_view_lends_its_owners_rights():
    tables = [name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname='public'")]
    for role in [*OUR_ROLES, *EVERYBODY]:
        for table in tables:
            assert not rows("SELECT has_table_privilege(%s, %s, 'TRUNCATE')", role, table)[0][0]
    lending = rows(
        """
        SELECT relname FROM pg_class
        WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
          AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'
        """
    )
    assert lending == []


def test_the_suite_runs_as_the_login_that_policies_bind():
    ((login, lowered, above),) = rows(
        """
        SELECT session_user::text, current_user::text,
               (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user)
        """
    )
    assert (login, lowered, above) == ("tradewind_app", Role.SYSTEM.value, False)
    members = rows(
        """
        SELECT rolname FROM pg_roles
        WHERE (rolsuper OR rolbypassrls OR rolcreaterole)
          AND pg_has_role('tradewind_app', oid, 'MEMBER')
        """
    )
    assert members == []
    assert {app.name for app in apps.get_app_configs()} >= set(settings.FLOORS)
