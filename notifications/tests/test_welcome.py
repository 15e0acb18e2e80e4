"""Who proved their address is welcomed, once."""

from collections.abc import Callable

import pytest

from accounts.models import User
from accounts.services.registration import mark_confirmed
from core.events import publish
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def test_a_confirmed_address_is_welcomed_once(shopper: User, work: Callable[[], int]) -> None:
    shopper.language = "ar"
    shopper.save()
    mark_confirmed(shopper)
    work()
    told = Notification.objects.get(kind="welcome")
    assert (told.email, told.language, told.context["name"]) == (shopper.email, "ar", "Amina")
    # the same person with another address: news again, but no second welcome
    publish(type="user.email_confirmed", subject="user:x", data={"user_id": str(shopper.pk)})
    work()
    assert Notification.objects.filter(kind="welcome").count() == 1
