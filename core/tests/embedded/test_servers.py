"""What the embedded servers are like once they run."""

import stat
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from core.embedded import Services, ensure_running, lease
from core.embedded.folder import DataFolder
from core.tests.embedded.servers import data_folder, new_folder, one

GROUPS = {
    "tw_base",
    "tw_admin",
    "tw_manager",
    "tw_agent",
    "tw_readonly",
    "tw_shopper",
    "tw_anonymous",
    "tw_system",
}


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    with new_folder() as parent, data_folder(parent / "data") as path:
        yield DataFolder(path)


@pytest.fixture(scope="module")
def services(folder: DataFolder) -> Iterator[Services]:
    with lease(folder.root) as running:
        yield running


def test_the_application_logs_in_without_special_rights(services: Services) -> None:
    assert one(
        services.database_url,
        "SELECT (rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolinherit)::text"
        " FROM pg_roles WHERE rolname = current_user",
    ) == ("(f,f,f,f,f)")


def test_the_owner_of_tables_is_no_superuser_but_may_make_test_databases(
    services: Services,
) -> None:
    assert one(
        services.owner_database_url,
        "SELECT (rolsuper, rolbypassrls, rolcreatedb, rolcreaterole)::text"
        " FROM pg_roles WHERE rolname = current_user",
    ) == ("(f,f,t,f)")
    assert one(
        services.owner_database_url,
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
    ) == ("tradewind_owner")


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_the_application_may_become_each_group_which_cannot_log_in(
    services: Services, group: str
) -> None:
    with psycopg.connect(services.database_url) as connection:
        connection.execute(f"SET ROLE {group}")  # type: ignore[arg-type]  # from the list above
        row = connection.execute(
            "SELECT current_user, rolcanlogin FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (group, False)


def test_rights_of_a_group_count_only_after_becoming_it(services: Services) -> None:
    with psycopg.connect(services.owner_database_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE only_system (id int)")
        owner.execute("GRANT SELECT ON only_system TO tw_system")
    with psycopg.connect(services.database_url, autocommit=True) as application:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("SELECT * FROM only_system")
        application.execute("SET ROLE tw_system")
        assert application.execute("SELECT * FROM only_system").fetchall() == []
        application.execute("SET ROLE tw_agent")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("SELECT * FROM only_system")


def test_rights_of_the_base_group_reach_every_other_group(services: Services) -> None:
    with psycopg.connect(services.owner_database_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE for_all (id int)")
        owner.execute("GRANT SELECT ON for_all TO tw_base")
    with psycopg.connect(services.database_url, autocommit=True) as application:
        for group in GROUPS:
            application.execute(f"SET ROLE {group}")  # type: ignore[arg-type]  # from the list
            assert application.execute("SELECT * FROM for_all").fetchall() == []


def test_the_application_makes_no_tables(services: Services) -> None:
    with (
        psycopg.connect(services.database_url) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute("CREATE TABLE mine (id int)")


def test_every_session_has_time_limits(services: Services) -> None:
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert one(services.database_url, f"SHOW {limit}") != "0"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("server_encoding", "UTF8"),
        ("jit", "off"),
        ("max_connections", "200"),
        ("shared_buffers", "256MB"),
        ("password_encryption", "scram-sha-256"),
        ("TimeZone", "UTC"),
    ],
)
def test_the_database_is_set_up_for_keeping_records(
    services: Services, setting: str, value: str
) -> None:
    assert one(services.database_url, f"SHOW {setting}") == value


def test_a_wrong_password_is_refused(services: Services) -> None:
    password = urlsplit(services.database_url).password or ""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(services.database_url.replace(password, "guess"))


def test_redis_asks_for_a_password_listens_on_loopback_and_never_evicts(
    services: Services,
) -> None:
    client = redis.Redis.from_url(services.redis_url, decode_responses=True)
    settings = client.config_get("*")
    assert settings["bind"] == "127.0.0.1"
    assert settings["maxmemory-policy"] == "noeviction"
    assert (settings["save"], settings["appendonly"]) == ("", "no")
    stranger = redis.Redis(port=urlsplit(services.redis_url).port or 0)
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_secrets_are_readable_by_their_owner_only(services: Services, folder: DataFolder) -> None:
    for path in (folder.secrets, folder.run / "redis.conf", folder.postgres_log):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.cluster.stat().st_mode) == 0o700


def test_secrets_do_not_show_in_tracebacks(services: Services) -> None:
    assert repr(services) == "Services(...)"


def test_asking_again_is_quick_and_gives_the_same_addresses(
    services: Services, folder: DataFolder
) -> None:
    begun = time.perf_counter()
    again = ensure_running(folder.root)
    assert time.perf_counter() - begun < 0.25
    assert again == services
