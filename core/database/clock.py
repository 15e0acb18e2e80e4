"""The database's clock: leases and due times never compare with a machine's own."""

from django.db.models import DateTimeField, Func


class DatabaseNow(Func):
    """`clock_timestamp()`: the wall clock, also inside a long transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()
