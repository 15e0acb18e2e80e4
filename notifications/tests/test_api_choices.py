"""Doors for one's own choices, quiet hours, and the list in the app by subject."""

from typing import Any

import pytest

from core.api.testing import assert_matches_schema
from core.identity import Role
from notifications.models import ChoiceRecord, Preference
from notifications.tests.test_api import caller, tell

pytestmark = pytest.mark.django_db

CHOICES, HOURS = "notifications/preferences/", "notifications/quiet-hours/"


def wanted(answer: Any, subject: str) -> Any:
    return next(one["wanted"] for one in answer.data if one["subject"] == subject)


def test_a_choice_is_ones_own_and_holds() -> None:
    me, user = caller("me@example.com")
    other, _ = caller("other@example.com")
    before = me.get_json(CHOICES)
    assert_matches_schema(before)
    assert wanted(before, "orders") == {"email": True, "push": True, "in_app": True}
    assert wanted(before, "offers")["email"] is False
    assert next(one for one in before.data if one["subject"] == "payments")["locked"]
    change = {"subject": "orders", "channel": "in_app", "wanted": False}
    after = me.call("PATCH", CHOICES, change)
    assert_matches_schema(after)
    assert wanted(after, "orders") == {"email": True, "push": True, "in_app": False}
    assert wanted(other.get_json(CHOICES), "orders")["in_app"] is True
    record = ChoiceRecord.objects.get()
    assert (record.user_id, record.source, record.actor_id) == (user.pk, "account", user.pk)
    tell(user)
    assert me.get_json("notifications/").data == []
    assert me.get_json("notifications/unread-count/").data == {"unread": 0, "by_subject": {}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": "payments", "channel": "email", "wanted": False}, "subject"),
        ({"subject": "carts", "channel": "push", "wanted": False}, "channel"),
        ({"subject": "orders", "channel": "fax", "wanted": False}, "channel"),
        ({"subject": "orders", "channel": "email", "wanted": "no"}, "wanted"),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    me, _ = caller("me@example.com")
    answer = me.call("PATCH", CHOICES, change)
    assert answer.status_code in {400, 422}
    assert field in answer.error["details"]
    assert not Preference.objects.exists()


def test_a_read_only_colleague_chooses_too() -> None:
    me, _ = caller("reader@example.com", Role.READONLY)
    change = {"subject": "progress", "channel": "email", "wanted": False}
    assert wanted(me.call("PATCH", CHOICES, change), "progress")["email"] is False


def test_quiet_hours_are_set_read_and_taken_away() -> None:
    me, _ = caller("me@example.com")
    assert me.get_json(HOURS).status_code == 404
    hours = {"starts": "22:00", "ends": "07:30"}
    assert me.call("PUT", HOURS, hours).data == hours | {"time_zone": "UTC"}
    assert_matches_schema(me.get_json(HOURS))
    assert me.call("PUT", HOURS, {"starts": "22:00", "ends": "22:00"}).error["details"]["ends"]
    assert me.call("PUT", HOURS, {"starts": "9 pm", "ends": "7"}).status_code == 400
    assert me.get_json(HOURS).data["ends"] == "07:30"
    assert me.call("DELETE", HOURS).status_code == 204
    assert me.get_json(HOURS).status_code == 404


def test_the_list_by_subject_and_the_numbers_on_the_bell() -> None:
    me, user = caller("me@example.com")
    tell(user)
    tell(user, kind="achievement", title="First parcel abroad")
    found = me.get_json("notifications/?subject=progress")
    assert_matches_schema(found)
    assert [one["kind"] for one in found.data] == ["achievement"]
    assert me.get_json("notifications/?subject=weather").error["details"]["subject"]
    counts = me.get_json("notifications/unread-count/")
    assert counts.data == {"unread": 2, "by_subject": {"orders": 1, "progress": 1}}


def test_what_is_known_is_not_sent_again() -> None:
    me, user = caller("me@example.com")
    tell(user)
    for path in ("/api/v1/notifications/", "/api/v1/notifications/unread-count/"):
        headers = {"Authorization": f"Bearer {me.token}"}
        etag = me.get(path, headers=headers)["ETag"]
        again = me.get(path, headers=headers | {"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        tell(user)
        assert me.get(path, headers=headers | {"If-None-Match": etag}).status_code == 200
