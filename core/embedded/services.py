"""Start, share and stop both servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from core.embedded import broker, cluster
from core.embedded.account import Account, service_account
from core.embedded.folder import DataFolder, Holding, anyone_holds, lifecycle_lock, open_folder
from core.embedded.installer import install_roles
from core.embedded.keyring import Keyring, load_keyring, load_or_make_keyring
from core.embedded.programs import make_reachable

DATABASE = "tradewind"


@dataclass(frozen=True)
class Services:
    """Addresses of the running servers and the keys kept beside them."""

    database_url: str
    """Login `tradewind_app`: web, workers, commands, tests."""
    owner_database_url: str
    """Login `tradewind_owner`: migrations and test databases."""
    redis_url: str
    secret_key: str
    field_encryption_keys: str

    def __repr__(self) -> str:
        return "Services(...)"


@dataclass(frozen=True)
class Wanted:
    """Which of the two servers somebody needs; the other one is left as it is."""

    database: bool = True
    redis: bool = True


BOTH = Wanted()


def ensure_running(data_dir: Path, wanted: Wanted = BOTH) -> Services:
    """The wanted servers up, started if need be. Any number of processes may call at once.

    Raises EmbeddedError with a sentence for the person at the terminal.
    """
    folder = open_folder(data_dir)
    keyring = load_keyring(folder)
    if keyring is not None and _all_running(folder, keyring, wanted):
        return _services(folder, keyring)
    with lifecycle_lock(folder):
        return _ensure_running_locked(folder, wanted)


@contextmanager
def lease(data_dir: Path, wanted: Wanted = BOTH) -> Iterator[Services]:
    """Hold the servers for the length of the block; the last living holder to leave stops them."""
    folder = open_folder(data_dir)
    with lifecycle_lock(folder):
        holding = Holding(folder)
        try:
            services = _ensure_running_locked(folder, wanted)
        except BaseException:
            holding.release()
            raise
    try:
        yield services
    finally:
        with lifecycle_lock(folder):
            try:
                if holding.is_last():
                    _stop_locked(folder)
            finally:
                holding.release()


def stop_all(data_dir: Path) -> bool:
    """Stop both servers unless a living process holds them; whether they are stopped now."""
    folder = open_folder(data_dir)
    with lifecycle_lock(folder):
        if anyone_holds(folder):
            return False
        _stop_locked(folder)
    return True


def _ensure_running_locked(folder: DataFolder, wanted: Wanted) -> Services:
    keyring = load_or_make_keyring(folder)
    account = service_account(folder.cluster)
    if not _all_running(folder, keyring, wanted):
        _prepare(folder, account)
    if wanted.database:
        if not cluster.is_running(folder):
            cluster.ensure_cluster(folder, account, keyring)
            cluster.start(folder, account)
        install_roles(folder, keyring)
    if wanted.redis and not broker.is_running(folder, keyring):
        broker.start(folder, account, keyring)
    return _services(folder, keyring)


def _prepare(folder: DataFolder, account: Account) -> None:
    make_reachable(account)
    account.let_through(folder.root)
    account.own(folder.run)


def _all_running(folder: DataFolder, keyring: Keyring, wanted: Wanted) -> bool:
    return (not wanted.database or cluster.is_running(folder)) and (
        not wanted.redis or broker.is_running(folder, keyring)
    )


def _stop_locked(folder: DataFolder) -> None:
    keyring = load_keyring(folder)
    if keyring is not None:
        broker.stop(folder, keyring)
    cluster.stop(folder, service_account(folder.cluster))


def _services(folder: DataFolder, keyring: Keyring) -> Services:
    socket_folder = quote(str(folder.sockets), safe="/")
    return Services(
        database_url=_database_url("tradewind_app", keyring.app_password, socket_folder),
        owner_database_url=_database_url("tradewind_owner", keyring.owner_password, socket_folder),
        redis_url=f"redis://:{keyring.redis_password}@{broker.HOST}:{broker.saved_port(folder)}/0",
        secret_key=keyring.secret_key,
        field_encryption_keys=keyring.field_encryption_keys,
    )


def _database_url(user: str, password: str, socket_folder: str) -> str:
    """The socket's folder stands in the query: a host part would be folded to lower case."""
    return f"postgres://{user}:{password}@/{DATABASE}?host={socket_folder}"
