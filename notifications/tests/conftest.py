"""The outside world of these tests: a real mail server and a real FCM stand-in."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core.enums import Queue
from core.events.worker import work_off
from core.models import Delivery as CoreDelivery
from notifications.models import Device
from notifications.tests.provider import SECRET, Provider
from rehearsal.testing import RunningRehearsal, running_rehearsal
from rehearsal.tests.receiver import Receiver


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRehearsal]:
    """The rehearsal, started once for all tests of this floor in this process."""
    with running_rehearsal(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


@pytest.fixture
def outside(world: RunningRehearsal, settings: Any) -> RunningRehearsal:
    """The rehearsal with nothing in it, and the settings that lead there."""
    world.client.reset()
    settings.EMAIL_BACKEND = "notifications.channels.email.smtp.WatchedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", world.smtp_port
    settings.EMAIL_TIMEOUT = 2
    settings.FIREBASE_CREDENTIALS = json.dumps(world.client.firebase_credentials())
    settings.FIREBASE_API_BASE = world.fcm_base
    return world


@pytest.fixture
def shopper(db: None) -> User:
    return User.objects.create_user("buyer@example.com", full_name="Amina")


@pytest.fixture
def device(shopper: User) -> Callable[..., Device]:
    def make(token: str, **columns: Any) -> Device:
        values = {"user": shopper, "platform": "android", "last_seen_at": timezone.now()}
        return Device.objects.create(token=token, **(values | columns))

    return make


@pytest.fixture
def work(db: None) -> Callable[[], int]:
    """Have the worker do what is due, as if all pauses were over."""

    def do(*, skip_pauses: bool = True) -> int:
        if skip_pauses:
            CoreDelivery.objects.filter(state="ready").update(due_at=timezone.now())
        return work_off(Queue.DEFAULT) + work_off(Queue.BULK)

    return do


@pytest.fixture
def provider(
    outside: RunningRehearsal, settings: Any, work: Callable[..., int]
) -> Iterator[Provider]:
    """Mail goes out through a provider's API instead of SMTP."""
    settings.EMAIL_BACKEND = "notifications.channels.email.resend.EmailBackend"
    settings.EMAIL_PROVIDER = "resend"
    settings.RESEND_SIGNING_SECRETS = ["whsec_b2xk", SECRET]
    settings.ANYMAIL = {
        "RESEND_API_KEY": "re_test",
        "RESEND_API_URL": outside.client.resend_base,
        "REQUESTS_TIMEOUT": (1, 2),
    }
    receiver = Receiver()
    outside.client.send_webhooks_to(receiver.url, secret=SECRET, face="resend")
    yield Provider(outside, receiver, work)
    outside.client.send_webhooks_to("", face="resend")
    receiver.close()
