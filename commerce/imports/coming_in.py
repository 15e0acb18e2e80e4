"""Old orders come in quietly: announced as history, nobody is mailed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from core.identity import acting_as_system


@contextmanager
def history_coming_in(reason: str) -> Iterator[None]:
    """One transaction in which orders are old ones: announced as such, nobody is mailed."""
    with acting_as_system(reason), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.history', 'on', true)")
        yield
