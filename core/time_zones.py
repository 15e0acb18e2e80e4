"""Time zones by the names of the IANA database."""

from functools import lru_cache
from zoneinfo import available_timezones


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """The names this machine knows ("Europe/Berlin"): read from the disk once a process."""
    return frozenset(available_timezones())
