"""Identifiers: time-ordered and unguessable in number, made before the row is written."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A UUIDv7: insert order is kept, counts are not leaked.

    Not a secret: tokens and reset links use `secrets` (OWASP ASVS 11.5.1).
    """
    return uuid_utils.compat.uuid7()
