"""What tests with real commits leave standing is not swept away with what they empty."""

import pytest
from django.db import connection

from tests.emptying import STANDING

POINTS_OUTSIDE = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)
  AND confrelid::regclass::text <> ALL (%s)
"""


@pytest.mark.django_db
def test_what_stays_points_at_nothing_that_is_emptied() -> None:
    """TRUNCATE ... CASCADE would take it along."""
    with connection.cursor() as cursor:
        cursor.execute(POINTS_OUTSIDE, [STANDING, STANDING])
        assert cursor.fetchall() == []
