"""Staff's pages of devices, topics and alarms open, also with rows."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Device, DeviceAlarm
from notifications.services.campaigns import steering
from notifications.services.hygiene.judge import judge
from notifications.services.topics.follow import follow
from notifications.services.topics.manage import make_topic
from notifications.tests.test_campaigns import campaign, people, work

pytestmark = pytest.mark.django_db
MODELS = ["device", "topic", "topicsubscription", "devicealarm", "campaign", "campaignrecipient"]


@pytest.fixture
def staff(client: Client, shopper: User, device: Callable[..., Device]) -> Client:
    for number in range(10):
        phone = device(f"phone-{number}")
    follow(topic=make_topic(key="news", title="News"), user_id=shopper.pk)
    for phone in Device.objects.all():
        judge(device_id=phone.pk, reason="unregistered")
    people(2)
    steering.prepare(campaign_id=campaign().pk)
    work()
    client.force_login(User.objects.create_superuser("boss@example.com", "x"))
    return client


@pytest.mark.parametrize("name", MODELS)
def test_lists_and_rows_open(staff: Client, name: str) -> None:
    listed = staff.get(reverse(f"admin:notifications_{name}_changelist"))
    assert listed.status_code == 200
    row = apps.get_model("notifications", name).objects.first()
    assert row is not None
    page = reverse(f"admin:notifications_{name}_change", args=[row.pk])
    assert page in listed.text
    assert staff.get(page).status_code == 200


def test_an_open_alarm_stands_above_the_devices(staff: Client) -> None:
    shown = staff.get(reverse("admin:notifications_device_changelist")).text
    assert "Too many devices look gone" in shown
    alarm = DeviceAlarm.objects.get()
    shown = staff.get(reverse("admin:notifications_devicealarm_change", args=[alarm.pk])).text
    assert "The app was removed: 10" in shown
