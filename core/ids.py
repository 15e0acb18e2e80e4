"""Identifiers: time-ordered and unguessable in number, made before the row is written."""

import uuid
from datetime import datetime

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A UUIDv7: insert order is kept, counts are not leaked.

    Not a secret: tokens and reset links use `secrets` (OWASP ASVS 11.5.1).
    """
    return uuid_utils.compat.uuid7()


def earliest_id(at: datetime) -> uuid.UUID:
    """The least id that can have been made at `at` or later: a time as a bound of primary keys."""
    return uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
