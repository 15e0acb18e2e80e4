"""A push with real commits: what a test's own transaction would hide shows here."""

import pytest
from django.db import transaction

from accounts.models import User
from core.enums import Queue
from core.events.worker import work_off
from notifications.models import Delivery
from notifications.services.devices import register_device
from notifications.tests.test_push import tell
from rehearsal.testing import RunningRehearsal


@pytest.mark.django_db(transaction=True)
def test_a_push_is_sent_without_asking_the_database_outside_a_transaction(
    outside: RunningRehearsal,
) -> None:
    with transaction.atomic():
        user = User.objects.create_user("phone@example.com", "x")
        phone = register_device(
            user_id=user.pk, platform="android", token="phone-live", token_kind="token"
        )
        tell(user)
    work_off(Queue.DEFAULT)
    with transaction.atomic():
        sent = Delivery.objects.get(channel="push", device=phone)
    assert (sent.state, sent.reason) == ("sent", "")
    assert [push["target"] for push in outside.client.pushes()] == ["phone-live"]
