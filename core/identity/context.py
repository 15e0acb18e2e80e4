"""Who is acting, for every query of this thread or task.

The database backend (core/database) hands the identity to PostgreSQL at the start of each
transaction, where row-level security is the second lock behind Django's permissions. There is no
default: without an identity the protected tables answer "permission denied", loudly.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The database role behind an identity (made by core/embedded/roles.sql)."""

    UNBOUND = "tradewind_app"  # the bare login: no grant on protected tables
    ADMIN = "tw_admin"
    MANAGER = "tw_manager"
    AGENT = "tw_agent"
    READONLY = "tw_readonly"
    SHOPPER = "tw_shopper"
    ANONYMOUS = "tw_anonymous"
    SYSTEM = "tw_system"


STAFF_ROLES = (Role.ADMIN, Role.MANAGER, Role.AGENT, Role.READONLY)


@dataclass(frozen=True, slots=True)
class Identity:
    """A user in a role; `reason` says why a system identity acts."""

    role: Role
    user_id: UUID | None = None
    reason: str = ""


UNBOUND = Identity(Role.UNBOUND)
_current: ContextVar[Identity] = ContextVar("tradewind_identity", default=UNBOUND)


def current_identity() -> Identity:
    """The identity that queries of this thread or task are made under."""
    return _current.get()


@contextmanager
def acting_as(identity: Identity) -> Iterator[Identity]:
    """Act as `identity` inside the block; an open transaction is re-bound at once.

    After the block the former identity is back, also when the block raised.
    """
    from core.database.binding import rebind_open_transactions

    token = _current.set(identity)
    try:
        rebind_open_transactions()
        yield identity
    finally:
        _current.reset(token)
        rebind_open_transactions()


def acting_as_system(reason: str) -> AbstractContextManager[Identity]:
    """Act for the house itself, with a named reason ("checkout", "settle", ...).

    The user on whose behalf it happens stays known to triggers and the audit trail.
    """
    return acting_as(Identity(Role.SYSTEM, current_identity().user_id, reason))


def acting_as_anonymous() -> AbstractContextManager[Identity]:
    """Act as a visitor nobody knows: public catalogue and nothing else."""
    return acting_as(Identity(Role.ANONYMOUS))
