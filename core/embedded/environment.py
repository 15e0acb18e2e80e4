"""Fill the environment with the embedded servers' addresses where none are given.

Settings read the environment only and so know one kind of machine. Children of this process
inherit what is filled in and start nothing themselves.
"""

import secrets
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from core.embedded.keyring import new_encryption_key
from core.embedded.services import Services, Wanted, lease

DATA_DIR_DEFAULT = ".data"
MARK = "TRADEWIND_EMBEDDED"
"""Names the servers this environment was filled with: "database", "redis", "database,redis"."""


def data_dir(environ: Mapping[str, str]) -> Path:
    """The data folder the environment names, `.data` of the working folder by default."""
    return Path(environ.get("DATA_DIR", "").strip() or DATA_DIR_DEFAULT).absolute()


def wanted_servers(environ: Mapping[str, str]) -> Wanted:
    """The servers for which no address is given."""
    return Wanted(
        database=not environ.get("DATABASE_URL", "").strip(),
        redis=not environ.get("REDIS_URL", "").strip(),
    )


@contextmanager
def embedded_environment(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Hold the servers that are wanted and name them in `environ`, for the length of the block.

    The keys kept in the data folder are used only with the database kept there: for a database
    elsewhere, which other machines may share, they must be given.
    """
    wanted = wanted_servers(environ)
    if not wanted.database and not wanted.redis:
        yield
        return
    with lease(data_dir(environ), wanted) as services:
        _fill(environ, services, wanted)
        yield


def embedded_servers(environ: Mapping[str, str]) -> Wanted:
    """Which servers of this environment are embedded ones."""
    names = environ.get(MARK, "").split(",")
    return Wanted(database="database" in names, redis="redis" in names)


def _fill(environ: MutableMapping[str, str], services: Services, wanted: Wanted) -> None:
    filled = {"database": wanted.database, "redis": wanted.redis}
    environ[MARK] = ",".join(name for name, yes in filled.items() if yes)
    if wanted.redis:
        environ["REDIS_URL"] = services.redis_url
    if wanted.database:
        environ["DATABASE_URL"] = services.database_url
        environ["DATABASE_OWNER_URL"] = services.owner_database_url
        _set_if_empty(environ, "SECRET_KEY", services.secret_key)
        _set_if_empty(environ, "FIELD_ENCRYPTION_KEYS", services.field_encryption_keys)


def fill_with_nothing(environ: MutableMapping[str, str]) -> None:
    """Values that let settings load for commands that reach no server (help, static files)."""
    nowhere = "postgres://nobody@127.0.0.1:1/nothing"
    _set_if_empty(environ, "DATABASE_URL", nowhere)
    _set_if_empty(environ, "REDIS_URL", "redis://127.0.0.1:1/0")
    _set_if_empty(environ, "SECRET_KEY", secrets.token_urlsafe(50))
    _set_if_empty(environ, "FIELD_ENCRYPTION_KEYS", new_encryption_key())


def _set_if_empty(environ: MutableMapping[str, str], name: str, value: str) -> None:
    if not environ.get(name, "").strip():
        environ[name] = value
