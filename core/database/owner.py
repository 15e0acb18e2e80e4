"""The owner's login: it makes tables and policies, and never serves a request."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections

from core.database.base import DatabaseWrapper


def use_owner_login() -> None:
    """From here on this process talks to the database as the owner of its tables.

    Without DATABASE_OWNER_URL the ordinary login is used as it is, not lowered to
    `tradewind_app`; PostgreSQL then says what it may not do.
    """
    wrapper = _wrapper()
    wrapper.close()
    wrapper.close_pool()  # type: ignore[attr-defined]  # not in the stubs
    if settings.DATABASE_OWNER:
        owner = settings.DATABASE_OWNER
        wrapper.settings_dict.update(
            {key: owner[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
        )
    wrapper.settings_dict["BINDS_IDENTITY"] = False
    wrapper.settings_dict["OPTIONS"] = {
        key: value for key, value in wrapper.settings_dict["OPTIONS"].items() if key != "pool"
    }


@contextmanager
def owner_login() -> Iterator[None]:
    """The owner's login inside the block, the former login after it."""
    wrapper = _wrapper()
    before = dict(wrapper.settings_dict)
    use_owner_login()
    try:
        yield
    finally:
        wrapper.close()
        name = wrapper.settings_dict["NAME"]
        wrapper.settings_dict.update({"BINDS_IDENTITY": True} | before)
        wrapper.settings_dict["NAME"] = name


def _wrapper() -> DatabaseWrapper:
    wrapper = connections["default"]
    assert isinstance(wrapper, DatabaseWrapper)  # noqa: S101
    return wrapper
