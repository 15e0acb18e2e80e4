"""Only truly dead devices are switched off; when too many look dead, nobody is."""

from collections.abc import Callable

import pytest
from django.core import mail

from accounts.models import User
from core.errors import Conflict
from notifications.enums import DeactivatedReason
from notifications.models import Device, DeviceAlarm, DeviceVerdict
from notifications.services.hygiene.alarm import close_alarm
from notifications.services.hygiene.judge import judge
from notifications.services.hygiene.window import count_answers
from notifications.tests.test_push import tell
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db
MakeDevice = Callable[..., Device]
Work = Callable[[], int]


def gone(device: Device) -> str:
    return judge(device_id=device.pk, reason=DeactivatedReason.UNREGISTERED)


def active() -> int:
    return Device.objects.filter(active=True).count()


def test_wrong_credentials_switch_nobody_off_and_staff_are_told(
    outside: RunningRehearsal, work: Work, shopper: User, device: MakeDevice
) -> None:
    phones = [device(f"wrong-{n}") for n in range(5)]
    told = tell(shopper)
    work()
    assert active() == len(phones)
    alarm = DeviceAlarm.objects.get()
    assert alarm.closed_at is None
    assert DeviceVerdict.objects.filter(state="held").count() == len(phones)
    assert set(told.deliveries.filter(channel="push").values_list("state", flat=True)) == {"failed"}
    work()
    (letter,) = outside.client.mails(subject="look gone")
    assert f"/devicealarm/{alarm.pk}/" in letter["text"]


def test_up_to_five_in_a_hundred_are_switched_off_and_the_next_one_brings_all_back(
    device: MakeDevice,
) -> None:
    phones = [device(f"phone-{n}") for n in range(11)]
    count_answers(200)
    assert {gone(phone) for phone in phones[:10]} == {"applied"}
    assert active() == 1
    assert gone(phones[10]) == "held"
    assert active() == 11
    assert (DeviceAlarm.objects.get().gone, DeviceAlarm.objects.get().answered) == (11, 200)


def test_a_shop_with_a_handful_of_phones_has_no_alarm_for_a_dead_one(device: MakeDevice) -> None:
    phones = [device(f"phone-{n}") for n in range(9)]
    assert {gone(phone) for phone in phones} == {"applied"}
    assert active() == 0


@pytest.mark.parametrize(("apply", "left"), [(True, 1), (False, 12)])
def test_staff_decide_and_the_hour_begins_anew(device: MakeDevice, apply: bool, left: int) -> None:
    phones = [device(f"phone-{n}") for n in range(12)]
    for phone in phones[:11]:
        gone(phone)
    assert active() == 12
    alarm = DeviceAlarm.objects.get()
    assert close_alarm(alarm_id=alarm.pk, apply=apply) == 11
    assert active() == left
    with pytest.raises(Conflict, match="decided already"):
        close_alarm(alarm_id=alarm.pk, apply=apply)
    assert gone(phones[11]) == "applied", "one alone is no alarm any more"
    assert mail.outbox == []


def test_a_device_registered_again_since_is_not_switched_off(device: MakeDevice) -> None:
    from notifications.services.devices import register_device

    phones = [device(f"phone-{n}") for n in range(10)]
    for phone in phones:
        gone(phone)
    back = register_device(user_id=phones[0].user_id, token="phone-0", platform="android")
    assert close_alarm(alarm_id=DeviceAlarm.objects.get().pk, apply=True) == 9
    assert list(Device.objects.filter(active=True)) == [back]


@pytest.mark.parametrize("token", ["payload-1", "apns-1", "internal-1", "quotaless-1"])
def test_other_failures_never_touch_the_device(
    outside: RunningRehearsal, work: Work, shopper: User, device: MakeDevice, token: str
) -> None:
    phone = device(token)
    told = tell(shopper)
    work()
    phone.refresh_from_db()
    assert phone.active
    state = told.deliveries.get(channel="push").state
    assert state == ("failed" if token == "payload-1" else "queued")
    assert not DeviceVerdict.objects.exists()
