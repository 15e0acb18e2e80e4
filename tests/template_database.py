"""Migrations are run once for the same migrations: later test databases are copies of that one.

The copy is migrated too, which then finds nothing to do. A changed migration is another digest.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection
from django.test.utils import setup_databases

PREFIX = "tradewind_migrated_"
ROOT = Path(__file__).resolve().parent.parent
OURS = re.compile(
    rb"^(?:from|import) ((?:core|accounts|notifications|crm|payments|commerce)[\w.]+)", re.M
)
ONE_AT_A_TIME = 0x7477_7465  # an advisory lock of the server: one worker migrates, others copy


def make_test_database() -> Any:
    """`setup_databases` that copies what was migrated before. As the owner of the tables."""
    template = PREFIX + _digest()
    with _server() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")  # others take their time
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        known = {name for (name,) in cursor.fetchall()}
        if template in known:
            connection.settings_dict["TEST"]["TEMPLATE"] = template
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        connection.settings_dict["TEST"]["TEMPLATE"] = None
        if template not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            connection.close()
            name = connection.settings_dict["NAME"]
            cursor.execute(f'CREATE DATABASE "{template}" TEMPLATE "{name}"')
    return made


@contextmanager
def _server() -> Iterator[Any]:
    """A cursor outside any of the test databases, kept open: it holds the lock."""
    with connection._nodb_cursor() as cursor:
        yield cursor


def _digest() -> str:
    """Of all that makes the schema: Django, every migration, and what ours take from elsewhere."""
    seen = hashlib.sha256(django.__version__.encode())
    for app in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            source = path.read_bytes()
            seen.update(path.name.encode() + source)
            if ROOT in path.parents:
                for module in sorted(set(OURS.findall(source))):
                    seen.update(_source_of(module.decode()))
    return seen.hexdigest()[:32]


def _source_of(module: str) -> bytes:
    path = ROOT / f"{module.replace('.', '/')}.py"
    return path.read_bytes() if path.is_file() else b""
