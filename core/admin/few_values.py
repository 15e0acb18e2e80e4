"""A filter by a column that holds few different values, on a table that holds many rows."""

from typing import Any

from django.contrib.admin import AllValuesFieldListFilter
from django.db import connection

# Each step finds the next value in the index; SELECT DISTINCT would read all of it.
NEXT = """
WITH RECURSIVE found(value) AS (
    (SELECT {column} FROM {table} ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} > value ORDER BY {column} LIMIT 1)
    FROM found WHERE value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL LIMIT 200
"""


class FewValuesFilter(AllValuesFieldListFilter):
    """All values there are of a column that an index begins with. It may not be nullable."""

    def __init__(
        self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        quote = connection.ops.quote_name
        sql = NEXT.format(column=quote(field.column), table=quote(model._meta.db_table))
        with connection.cursor() as cursor:
            cursor.execute(sql)
            values: Any = [value for (value,) in cursor.fetchall()]  # a list will do
        self.lookup_choices = values
