"""How many queries something takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch
from uuid import uuid4

from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.admin import badges


@contextmanager
def own_badges() -> Iterator[LocMemCache]:
    """The counts of the admin's sidebar are kept for a few seconds in a cache all tests share, and
    which some of them empty; here they get a place of their own."""
    own = LocMemCache(f"badges-{uuid4()}", {})
    with patch.multiple(badges, cache=own, KEPT_SECONDS=600):
        yield own


def queries_of(deed: Callable[[], object]) -> list[str]:
    """The statements, after a first round has filled the caches."""
    with own_badges():
        deed()
        with CaptureQueriesContext(connection) as queries:
            deed()
    return [query["sql"] for query in queries.captured_queries]
