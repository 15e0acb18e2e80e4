"""The audit trail."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.audit import record_audit
from core.identity import Identity, Role, acting_as
from core.ids import new_id
from core.models import AuditEntry
from core.requests.context import NOBODY, Caller, set_caller, set_request_id

pytestmark = pytest.mark.django_db


def latest() -> AuditEntry:
    return AuditEntry.objects.latest("id")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.UNBOUND])
def test_every_identity_may_leave_a_trace(role: Role) -> None:
    user_id = new_id()
    with acting_as(Identity(role, user_id, "because")):
        record_audit(action="order.cancel", resource="order:1")
    entry = latest()
    assert (entry.actor_role, entry.actor_id, entry.reason) == (role.value, user_id, "because")
    assert entry.success


def test_an_entry_knows_the_request_it_came_from() -> None:
    set_request_id("request-1")
    set_caller(Caller("192.0.2.7", "curl/8"))
    try:
        record_audit(action="x", success=False)
    finally:
        set_request_id("")
        set_caller(NOBODY)
    entry = latest()
    assert (entry.request_id, entry.ip, entry.agent) == ("request-1", "192.0.2.7", "curl/8")
    assert not entry.success


def test_a_row_is_named_by_kind_and_key() -> None:
    row = AuditEntry(pk=12)
    record_audit(action="x", resource=row)
    assert latest().resource == "auditentry:12"


def test_details_hold_no_secrets_and_no_persons() -> None:
    record_audit(
        action="x",
        details={
            "fields": ["email", "status"],
            "email": "ada@example.com",
            "why": "she wrote from ada@example.com",
            "password": "swordfish",
            "nested": {"api_key": "tw_live_1234567890abcdef", "count": 3},
        },
    )
    details: dict[str, Any] = latest().details
    assert details["fields"] == ["email", "status"]
    assert details["nested"]["count"] == 3
    for canary in ("ada@", "swordfish", "1234567890abcdef"):
        assert canary not in str(details)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.UNBOUND])
@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditentry SET action = 'y'", "DELETE FROM core_auditentry"]
)
def test_nobody_changes_or_removes_an_entry(role: Role, statement: str) -> None:
    record_audit(action="x")
    with (
        acting_as(Identity(role)),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("role", [Role.AGENT, Role.SHOPPER, Role.ANONYMOUS])
def test_the_trail_is_not_for_everybody_to_read(role: Role) -> None:
    with (
        acting_as(Identity(role)),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        AuditEntry.objects.first()


def test_an_entry_goes_with_the_transaction_it_speaks_of() -> None:
    with transaction.atomic():
        record_audit(action="undone")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(action="undone").exists()
