"""The identity reaches the database, and never leaks from one user to the next."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections
from django.db.transaction import atomic, savepoint, savepoint_rollback
from django.http import HttpRequest, HttpResponse

from core.database.base import DatabaseWrapper
from core.identity import (
    Identity,
    Role,
    acting_as,
    acting_as_anonymous,
    acting_as_system,
    current_identity,
)
from core.identity.context import UNBOUND
from core.identity.middleware import IdentityMiddleware
from core.ids import new_id
from core.models import AuditEntry, Delivery

pytestmark = pytest.mark.django_db
ROLES = [Role.ADMIN, Role.MANAGER, Role.AGENT, Role.READONLY, Role.SHOPPER]


def who() -> tuple[str, str]:
    """Whom PostgreSQL takes us for: (role, user id)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, coalesce(app_uid()::text, '')")
        return tuple(cursor.fetchone())


def somebody(role: Role = Role.AGENT) -> Identity:
    return Identity(role, new_id())


def told(identity: Identity) -> tuple[str, str]:
    return identity.role.value, str(identity.user_id or "")


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[None]:
    """The default connection, out of a pool with a single connection in it."""
    plain = connections["default"]
    options = {**plain.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 1}}
    settings = {**plain.settings_dict, "OPTIONS": options, "CONN_MAX_AGE": 0}
    connections["default"] = pool = DatabaseWrapper(settings, "default")
    yield
    pool.close()
    pool.close_pool()
    connections["default"] = plain


def test_a_thousand_users_on_one_pooled_connection_never_meet(pooled):
    backends = set()
    for number in range(1_000):
        identity = somebody(ROLES[number % len(ROLES)])
        with acting_as(identity), atomic():
            assert who() == told(identity)
            backends.add(connection.connection.info.backend_pid)
        if number % 10 == 0:  # between transactions nobody is bound
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user::text, current_setting('app.user_id', true)")
                assert cursor.fetchone() == (Role.UNBOUND.value, "")
        connection.close()  # back to the pool
    assert len(backends) == 1


def test_a_failed_transaction_leaves_nothing_to_the_next_user_of_its_connection(pooled):
    for number in range(50):
        thief, honest = somebody(Role.ADMIN), somebody(Role.SHOPPER)
        with (
            pytest.raises(DatabaseError),
            acting_as(thief),
            atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 / 0" if number % 2 else "SELECT nonsense")
        connection.close()
        with acting_as(honest), atomic():
            assert who() == told(honest)


def test_threads_have_identities_of_their_own_and_begin_with_none(pooled):
    def work(_: int) -> bool:
        try:
            assert current_identity() == UNBOUND
            for role in ROLES * 20:
                identity = somebody(role)
                with acting_as(identity), atomic():
                    assert who() == told(identity)
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(work, range(6)))


def test_acting_as_nests_within_a_transaction_and_comes_back():
    outer, inner = somebody(), somebody(Role.MANAGER)
    with acting_as(outer), atomic():
        with acting_as(inner):
            assert who() == told(inner)
            with acting_as_system("test"):
                assert who() == (Role.SYSTEM.value, str(inner.user_id))
            with acting_as_anonymous():
                assert who() == (Role.ANONYMOUS.value, "")
            assert who() == told(inner)
        assert who() == told(outer)


def test_the_former_identity_is_back_after_an_exception():
    outer = somebody()
    with acting_as(outer):
        with pytest.raises(LookupError), acting_as(somebody()), atomic():
            raise LookupError
        assert current_identity() == outer
        with atomic():
            assert who() == told(outer)


def test_a_rolled_back_savepoint_does_not_bring_a_former_identity_back():
    outer, inner = somebody(), somebody(Role.MANAGER)
    with acting_as(outer), atomic():
        with pytest.raises(ProgrammingError), acting_as(inner), atomic():
            connection.cursor().execute("SELECT nonsense")
        assert who() == told(outer)
        before = savepoint()
        with acting_as(inner):
            savepoint_rollback(before)
            assert who() == told(inner)
        assert who() == told(outer)


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_leaves_the_connection_clean():
    with pytest.raises(IntegrityError), acting_as(somebody(Role.ADMIN)), atomic():
        # nothing is wrong until the commit, when the foreign key is checked
        Delivery.objects.create(event_id=0, subscriber="x", queue="default", subject="")
    with acting_as_anonymous(), atomic():
        assert who() == (Role.ANONYMOUS.value, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("identity", [UNBOUND, Identity(Role.ANONYMOUS)], ids=["nobody", "visitor"])
def test_without_an_identity_protected_tables_are_refused_loudly(identity):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with acting_as(identity), refused, atomic():
        AuditEntry.objects.count()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_identity_counts():
    with acting_as(somebody(Role.ADMIN)):
        with pytest.raises(ProgrammingError, match="permission denied"):
            AuditEntry.objects.count()
        with atomic():
            assert AuditEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_bind_that_fails_does_not_leave_a_transaction_without_identity(monkeypatch):
    def fail(self):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "bind_identity", fail)
        with pytest.raises(ConnectionError), atomic():
            pass
    identity = somebody(Role.MANAGER)
    with acting_as(identity), atomic():
        assert who() == told(identity)


def test_an_http_request_begins_as_nobody_whoever_made_its_data():
    assert current_identity().role is Role.SYSTEM
    seen: list[Identity] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current_identity())
        return HttpResponse()

    request = HttpRequest()
    request.user = None
    IdentityMiddleware(view)(request)
    assert seen == [Identity(Role.ANONYMOUS)]
    assert current_identity().role is Role.SYSTEM


def test_the_reason_of_the_house_reaches_the_database():
    with acting_as_system("closing the books"), atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.reason')")
        assert cursor.fetchone() == ("closing the books",)


def test_ids_are_parameters_not_sql():
    evil = Identity(Role.SHOPPER, UUID(int=0), "'; RESET ROLE; --")
    with acting_as(evil), atomic():
        assert who() == (Role.SHOPPER.value, str(UUID(int=0)))
