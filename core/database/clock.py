"""The database's clock: leases and due times never compare with a machine's own."""

from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func


class DatabaseNow(Func):
    """`clock_timestamp()`: the wall clock, also inside a long transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()


def statement_time() -> datetime:
    """This moment by the database's clock, as a value for many rows at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
