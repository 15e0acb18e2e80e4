"""Loaded before pytest reads Django's settings: a real PostgreSQL and a real Redis for the suite.

DATABASE_URL / REDIS_URL, when given, are used instead (an outside server). The suite keeps its own
data folder, so that tests never touch a running Tradewind.
"""

import atexit
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from core.embedded import embedded_environment
from core.embedded.folder import DataFolder

# The suite starts a hundred Pythons: where this forbids it (many containers do), none of them keeps
# what it compiled, and each begins with seconds of the same work.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / ".data" / "tests"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault(
    "FIELD_ENCRYPTION_KEYS",
    "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",  # worth nothing: 32 times the digit zero
)
# Children started by tests (a whole product of their own) must know whose servers these are.
if not os.environ.get("DATABASE_URL"):
    os.environ["TESTS_OWN_SERVERS"] = "1"
_NO_POWER_CUTS = "fsync = off  # by the tests, whose data need not outlive the machine\n"


def _spare_the_disk(folder: DataFolder) -> None:
    """Commits wait for the kernel alone: enough to outlive a killed server, which tests do kill."""
    settings = folder.cluster / "postgresql.conf"
    if _NO_POWER_CUTS not in settings.read_text():
        with settings.open("a") as file:
            file.write(_NO_POWER_CUTS)
        os.kill(int((folder.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)


_held = ExitStack()
_held.enter_context(embedded_environment(os.environ))
atexit.register(_held.close)
if os.environ.get("TESTS_OWN_SERVERS"):
    _spare_the_disk(DataFolder(Path(os.environ["DATA_DIR"]).resolve()))
