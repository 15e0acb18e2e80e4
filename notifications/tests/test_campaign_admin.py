"""A campaign as staff make it: page by page, with the buttons there are."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Campaign
from notifications.tests.test_campaigns import people, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    boss = User.objects.create_superuser("boss@example.com", "x")
    client.force_login(boss)
    return client


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "Spring", "channel": "email", "audience": "users", "url": "", "per_minute": "1000",
        "users__language": "", "texts-TOTAL_FORMS": "1", "texts-INITIAL_FORMS": "0",
        "texts-MIN_NUM_FORMS": "1", "texts-MAX_NUM_FORMS": "10", "texts-0-language": "en",
        "texts-0-subject": "Tea", "texts-0-body": "Dear {{ name }}", "texts-0-button": "",
    } | more  # fmt: skip


def page(campaign: Campaign) -> str:
    return reverse("admin:notifications_campaign_change", args=[campaign.pk])


def test_from_the_draft_to_the_last_message(staff: Client) -> None:
    people(3)
    people_fr = people_named_fr()
    answer = staff.post(
        reverse("admin:notifications_campaign_add"), form(users__language="fr"), follow=True
    )
    assert answer.status_code == 200
    spring = Campaign.objects.get()
    assert (spring.filters, spring.created_by.email) == ({"language": "fr"}, "boss@example.com")
    assert "Count its people" in staff.get(page(spring)).text
    press(staff, spring, "prepare")
    work()
    shown = staff.get(page(spring)).text
    assert "Ready to start" in shown
    assert "(&#x27;ready&#x27;" not in shown, "a label, not the pair behind it"
    assert "People with a login, Language: fr" in shown
    assert 'name="name"' not in shown, "from now on it is not edited"
    press(staff, spring, "start")
    work()
    spring.refresh_from_db()
    assert (spring.state, spring.people) == ("done", len(people_fr))
    live = staff.get(reverse("admin:notifications_campaign_live", args=[spring.pk])).text
    assert 'data-at-work="no"' in live
    assert staff.get(reverse("admin:notifications_campaignrecipient_changelist")).status_code == 200


def people_named_fr() -> list[User]:
    users = list(User.objects.filter(email__in=["p0@example.com", "p1@example.com"]))
    User.objects.filter(pk__in=[user.pk for user in users]).update(language="fr")
    return users


def press(staff: Client, campaign: Campaign, deed: str) -> None:
    url = reverse("admin:notifications_campaign_do", args=[campaign.pk, deed])
    assert staff.get(url).status_code == 405
    assert staff.post(url).status_code == 302


def test_a_button_that_does_not_fit_is_told_and_changes_nothing(staff: Client) -> None:
    staff.post(reverse("admin:notifications_campaign_add"), form())
    spring = Campaign.objects.get()
    url = reverse("admin:notifications_campaign_do", args=[spring.pk, "start"])
    assert "that does not fit" in staff.post(url, follow=True).text
    spring.refresh_from_db()
    assert spring.state == "draft"


def test_a_filter_that_cannot_be_meant_is_told_at_its_field(staff: Client) -> None:
    answer = staff.post(
        reverse("admin:notifications_campaign_add"),
        form(audience="customers", customers__country="Germany", customers__spent="much"),
    )
    assert "Two letters each" in answer.text
    assert not Campaign.objects.exists()
