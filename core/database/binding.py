"""Re-binding the identity of transactions that are already open."""

from django.db import connections

from core.database.base import DatabaseWrapper


def rebind_open_transactions() -> None:
    """Hand the current identity to each open transaction of this thread."""
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper) and connection.in_atomic_block:
            connection.bind_identity()
