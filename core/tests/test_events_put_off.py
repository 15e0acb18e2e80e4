"""News that nobody is to react to yet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.events.publish_many import News, publish_many
from core.models import Delivery

pytestmark = pytest.mark.django_db
HEARD = "user.password_changed"  # any that somebody reacts to


def test_only_what_is_put_off_waits_and_each_as_long_as_it_says() -> None:
    began = timezone.now()
    publish_many(
        [
            News(HEARD, "a", {"user_id": "1"}),
            News(HEARD, "b", {"user_id": "2"}, after=60),
            News(HEARD, "c", {"user_id": "3"}, after=600),
        ]
    )
    waits = {row.subject: row.due_at - began for row in Delivery.objects.filter(event__type=HEARD)}
    assert waits["a"] < timedelta(seconds=10)
    assert timedelta(seconds=59) < waits["b"] < timedelta(seconds=70)
    assert timedelta(seconds=599) < waits["c"] < timedelta(seconds=610)
