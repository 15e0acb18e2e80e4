"""One row an installation, whatever name FCM knows it by today."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from core.errors import Invalid
from notifications.models import Device
from notifications.services.devices import devices_of, register, register_device
from notifications.services.devices.given import Given

pytestmark = pytest.mark.django_db
FID = "dKx3v9RkQ2mYb7LtW0aZeP"  # 22 characters, as Firebase's
TOKEN = f"{FID}:APA91bHun4MxP5egoKMwt2KZFBaFUH"


def test_a_new_token_of_an_installation_replaces_the_old_one(shopper: User) -> None:
    first = register_device(
        user_id=shopper.pk, token="t-1", platform="ios", installation_id="phone"
    )
    second = register_device(
        user_id=shopper.pk, token="t-2", platform="ios", installation_id="phone"
    )
    assert second.pk == first.pk
    assert [device.token for device in Device.objects.all()] == ["t-2"]


def test_an_installation_id_succeeds_the_token_that_was_made_for_it(shopper: User) -> None:
    token = register_device(user_id=shopper.pk, token=TOKEN, platform="android", locale="fr-CA")
    fid = register_device(user_id=shopper.pk, token=FID, platform="android", token_kind="fid")
    assert fid.pk == token.pk
    only = Device.objects.get()
    assert (only.token, only.token_kind, only.locale) == (FID, "fid", "fr-CA")


def test_a_token_from_before_installations_were_known_is_found_by_its_beginning(
    shopper: User, device: Callable[..., Device]
) -> None:
    old = device(TOKEN)
    assert old.installation_id == ""
    fid = register_device(user_id=shopper.pk, token=FID, platform="android", token_kind="fid")
    assert fid.pk == old.pk


def test_two_rows_of_one_installation_become_one(
    shopper: User, device: Callable[..., Device]
) -> None:
    device("t-1", installation_id="phone")
    device("t-2")
    kept = register_device(
        user_id=shopper.pk, token="t-2", platform="android", installation_id="phone"
    )
    assert list(Device.objects.all()) == [kept]


def test_a_phone_that_was_handed_on_moves_and_wakes_up(
    shopper: User, device: Callable[..., Device]
) -> None:
    row = device("t-1", active=False, deactivated_reason="idle", deactivated_at=timezone.now())
    other = User.objects.create_user("other@example.com")
    moved = register_device(user_id=other.pk, token="t-1", platform="android")
    assert (moved.pk, moved.user_id, moved.active) == (row.pk, other.pk, True)
    assert not devices_of([shopper.pk]).exists()


def test_what_cannot_be_meant_is_refused_by_field(shopper: User) -> None:
    with pytest.raises(Invalid) as refused:
        register_device(
            user_id=shopper.pk, token="x" * 1025, platform="fridge", token_kind="key",
            installation_id="y" * 201, app_version="1\n2", locale="not a language",
            time_zone="Mars/Olympus",
        )  # fmt: skip
    assert set(refused.value.details) == {
        "token", "platform", "kind", "installation_id", "app_version", "locale", "time_zone",
    }  # fmt: skip


def test_a_stale_device_gets_what_is_for_one_person_and_nothing_in_bulk(
    shopper: User, device: Callable[..., Device]
) -> None:
    fresh = device("fresh")
    stale = device("stale", last_seen_at=timezone.now() - timedelta(days=31))
    assert (fresh.is_stale, stale.is_stale) == (False, True)
    assert set(devices_of([shopper.pk])) == {fresh, stale}
    assert list(devices_of([shopper.pk], bulk=True)) == [fresh]


def registered_twice(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two registrations of one new installation that have both looked for it before either
    writes, if they can; returns what went wrong.
    """
    with transaction.atomic():
        user = User.objects.create_user("twice@example.com")
    looked, look = Barrier(2, timeout=2), register._known
    went_wrong: list[str] = []

    def look_and_wait(given: Given) -> Any:
        found = look(given)
        with suppress(BrokenBarrierError):  # the other waits for the lock
            looked.wait()
        return found

    monkeypatch.setattr(register, "_known", look_and_wait)

    def one(token: str) -> None:
        try:
            register_device(user_id=user.pk, token=token, platform="ios", installation_id="phone")
        except IntegrityError as error:
            went_wrong.append(str(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, ["t-1", "t-2"]))
    return went_wrong


@pytest.mark.django_db(transaction=True)
def test_two_registrations_at_the_same_instant_leave_one_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert registered_twice(monkeypatch) == []
    with transaction.atomic():
        assert Device.objects.get().installation_id == "phone"


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_one_of_them_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "LOCK", "SELECT %s")
    (refused,) = registered_twice(monkeypatch)
    assert "notifications_device_installation_once" in refused
