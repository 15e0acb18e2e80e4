import pytest
from django.db import connection

from core.events import publish


@pytest.mark.django_db
def test_publish_writes_an_event_in_the_callers_transaction() -> None:
    event_id = publish(type="order.placed", subject="order:1", data={"a": 1})
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, type FROM core_event WHERE id = %s", [event_id])
        assert cursor.fetchone() == ("tw_system", "order.placed")
