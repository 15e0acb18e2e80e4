"""Staff see what somebody wants to hear, and change it for them: audited, and on the record."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.identity import Role
from core.models import AuditEntry
from notifications.addresses import address_key
from notifications.models import ChoiceRecord, Preference, QuietHours
from notifications.tests.test_admin import staff

pytestmark = pytest.mark.django_db


def of_user(user: User) -> str:
    return reverse("admin:notifications_choices", args=["user", user.pk])


def test_a_manager_changes_choices_and_quiet_hours_for_a_user(shopper: User) -> None:
    manager, page = staff(Role.MANAGER), of_user(shopper)
    assert "What they want to hear" in manager.get(page).text
    boxes = ["orders.push", "orders.in_app", "progress.email"]
    sent = {"wanted": boxes, "starts": "22:00", "ends": "07:00"}
    assert "noted in the audit trail" in manager.post(page, sent, follow=True).text
    assert Preference.objects.get(subject="orders").channel == "email"
    record = ChoiceRecord.objects.get(subject="orders")
    assert (record.source, record.wanted, record.user_id) == ("staff", False, shopper.pk)
    assert record.actor_id == User.objects.get(email="tw_manager@example.com").pk
    audited = AuditEntry.objects.filter(resource=f"user:{shopper.pk}")
    assert set(audited.values_list("action", flat=True)) == {"choices.set", "quiet_hours.set"}
    assert str(QuietHours.objects.get(user=shopper)) == "22:00 to 07:00"
    assert "Staff, for them" in manager.get(page).text


def test_a_wrong_time_changes_nothing_and_says_so(shopper: User) -> None:
    manager = staff(Role.MANAGER)
    answer = manager.post(of_user(shopper), {"starts": "25:99", "ends": ""}, follow=True)
    assert "no time of day" in answer.text
    assert not Preference.objects.exists()


@pytest.mark.parametrize(("role", "sees"), [(Role.READONLY, 200), (Role.AGENT, 403)])
def test_others_change_nothing(shopper: User, role: Role, sees: int) -> None:
    client = staff(role)
    assert client.get(of_user(shopper)).status_code == sees
    assert client.post(of_user(shopper), {"wanted": []}).status_code == 403
    assert not Preference.objects.exists()


def test_an_address_without_a_login_has_a_page_too() -> None:
    manager = staff(Role.MANAGER)
    key = address_key("guest@example.com")
    page = reverse("admin:notifications_choices", args=["address", key])
    assert "Quiet hours" not in manager.get(page).text
    manager.post(page, {"wanted": ["orders.email"]})
    assert ChoiceRecord.objects.filter(address_key=key, wanted=False).exists()
    found = manager.get(
        reverse("admin:notifications_choicerecord_changelist"), {"q": "Guest@Example.com"}
    )
    assert found.text.count(key[:8]) == ChoiceRecord.objects.count()
    for bad in ("zz", "ab", "x" * 32):
        url = reverse("admin:notifications_choices", args=["address", bad])
        assert manager.get(url).status_code == 404


def test_the_users_page_shows_them(client: Client, shopper: User) -> None:
    admin = staff(Role.ADMIN)
    page = admin.get(reverse("admin:accounts_user_change", args=[shopper.pk])).text
    assert "What they want to hear" in page
    assert of_user(shopper) in page
