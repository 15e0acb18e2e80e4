"""How many queries something takes."""

from collections.abc import Callable
from unittest.mock import patch
from uuid import uuid4

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.admin import badges


def queries_of(deed: Callable[[], object]) -> list[str]:
    """The statements, after a first round has filled the caches.

    The counts of the admin's sidebar are kept for a few seconds in a cache all tests share; here
    they get a place of their own, so that they never run out between the two rounds.
    """
    own = f"{badges.KEY}-{uuid4()}"
    with patch.multiple(badges, KEY=own, KEPT_SECONDS=600):
        deed()
        with CaptureQueriesContext(connection) as queries:
            deed()
    cache.delete(own)
    return [query["sql"] for query in queries.captured_queries]
