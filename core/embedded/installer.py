"""Runs roles.sql on the embedded cluster: once, and again whenever the file changes."""

import hashlib
import os
import subprocess
from pathlib import Path

from core.embedded.cluster import SUPERUSER
from core.embedded.errors import EmbeddedError
from core.embedded.folder import DataFolder
from core.embedded.keyring import Keyring
from core.embedded.programs import postgres_program

ROLES_SQL = Path(__file__).with_name("roles.sql")


def install_roles(folder: DataFolder, keyring: Keyring) -> None:
    """Make roles and database. Call under the life-cycle lock with the server running."""
    script = ROLES_SQL.read_text("utf-8")
    fingerprint = hashlib.sha256(f"{script}{keyring.app_password}".encode()).hexdigest()
    done = folder.cluster / "tradewind.installed"
    if done.exists() and done.read_text() == fingerprint:
        return
    # Passwords travel on stdin: a command line can be read by every user of the machine.
    variables = (
        f"\\set owner_password '{keyring.owner_password}'\n"
        f"\\set app_password '{keyring.app_password}'\n"
    )
    result = subprocess.run(  # noqa: S603 - our own psql, no outside input
        [postgres_program("psql"), "--no-psqlrc", "--quiet", "--dbname=postgres"],
        input=(variables + script).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={
            **os.environ,
            "PGHOST": str(folder.sockets),
            "PGPORT": "5432",
            "PGUSER": SUPERUSER,
            "PGPASSWORD": keyring.superuser_password,
            "PGCLIENTENCODING": "UTF8",
        },
        timeout=120,
        check=False,
    )
    if result.returncode != 0:
        raise EmbeddedError(
            "The database roles could not be made:\n    "
            + result.stdout.decode("utf-8", "replace").strip().replace("\n", "\n    ")
        )
    done.write_text(fingerprint)
