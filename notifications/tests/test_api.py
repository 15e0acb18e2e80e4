"""Doors of this floor: one's own devices and one's own messages."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.services.tokens import begin_login
from accounts.services.users import set_role
from core.api.testing import assert_matches_schema
from core.identity import Role
from notifications.models import Device, Notification
from notifications.services.notify import notify

pytestmark = pytest.mark.django_db


class Caller(Client):
    """Speaks JSON to the API, as the owner of `token`."""

    token = ""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request; `.data` and `.error` are those of the envelope."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        text = "" if body is None else json.dumps(body)
        response = self.generic(
            method, f"/api/v1/{path}", text, "application/json", headers=headers
        )
        answer = response.json() if response.content else {}
        response.data, response.error = answer.get("data"), answer.get("error")
        return response

    def get_json(self, path: str) -> Any:
        return self.call("GET", path)

    def post_json(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, {} if body is None else body)


def caller(email: str, role: Role = Role.SHOPPER) -> tuple[Caller, User]:
    user = User.objects.create_user(email, language="fr")
    if role is not Role.SHOPPER:
        set_role(user=user, role=role)
    made = Caller()
    made.token = begin_login(user=user).access
    return made, user


def tell(user: User, **more: Any) -> Notification:
    return notify(
        kind=more.pop("kind", "order_status_changed"),
        dedupe_key=str(uuid4()),
        context=more or {"number": "TW-1", "status": "shipped", "url": "https://shop.example/o/1"},
        user_id=user.pk,
        language=user.language,
    )


@pytest.fixture(params=[Role.SHOPPER, Role.AGENT, Role.READONLY, Role.MANAGER])
def me(request: pytest.FixtureRequest, db: None) -> tuple[Caller, User]:
    return caller("me@example.com", request.param)


class TestDevices:
    def test_registering_is_idempotent_by_token(self, me: tuple[Caller, User]) -> None:
        api, user = me
        first = api.post_json("devices/", {"token": "abc-123456", "platform": "ios"})
        assert first.status_code == 200
        assert_matches_schema(first)
        assert (first.data["token_end"], first.data["kind"]) == ("123456", "token")
        again = api.post_json(
            "devices/", {"token": "abc-123456", "platform": "android", "kind": "fid"}
        )
        assert again.status_code == 200
        assert again.data["id"] == first.data["id"]
        assert (again.data["platform"], again.data["kind"]) == ("android", "fid")
        assert Device.objects.filter(user=user).count() == 1

    def test_a_device_that_was_given_up_comes_back_with_its_token(
        self, me: tuple[Caller, User], device: Callable[..., Device]
    ) -> None:
        api, user = me
        api.post_json("devices/", {"token": "t", "platform": "ios"})
        Device.objects.filter(user=user).update(
            active=False, deactivated_reason="unregistered", deactivated_at="2026-01-01T00:00Z"
        )
        assert api.post_json("devices/", {"token": "t", "platform": "ios"}).data["active"] is True

    def test_a_phone_moves_to_who_logs_in_on_it(self, me: tuple[Caller, User]) -> None:
        api, user = me
        other, _ = caller("other@example.com")
        other.post_json("devices/", {"token": "shared", "platform": "web"})
        assert api.post_json("devices/", {"token": "shared", "platform": "web"}).status_code == 200
        assert Device.objects.get(token="shared").user_id == user.pk
        assert other.get_json("devices/").data == []

    def test_one_sees_and_drops_ones_own_only(self, me: tuple[Caller, User]) -> None:
        api, _ = me
        other, _ = caller("other@example.com")
        theirs = other.post_json("devices/", {"token": "a", "platform": "ios"}).data["id"]
        mine = api.post_json("devices/", {"token": "b", "platform": "ios"}).data["id"]
        listed = api.get_json("devices/")
        assert_matches_schema(listed)
        assert [row["id"] for row in listed.data] == [mine]
        assert api.get_json(f"devices/{theirs}/").status_code == 404
        assert api.call("DELETE", f"devices/{theirs}/").status_code == 404
        gone = api.call("DELETE", f"devices/{mine}/")
        assert gone.status_code == 204
        assert_matches_schema(gone)
        assert api.call("DELETE", f"devices/{mine}/").status_code == 404

    def test_what_was_sent_to_a_dropped_device_stays_on_record(
        self, me: tuple[Caller, User]
    ) -> None:
        api, user = me
        device = api.post_json("devices/", {"token": "b", "platform": "ios"}).data["id"]
        delivery = tell(user).deliveries.get(channel="push")
        assert api.call("DELETE", f"devices/{device}/").status_code == 204
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        delivery.refresh_from_db()
        assert (delivery.device_id, delivery.target) == (None, device)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"token": "a"},
            {"token": "", "platform": "ios"},
            {"token": "x" * 1025, "platform": "ios"},
            {"token": "a\nb", "platform": "ios"},
            {"token": "a", "platform": "fridge"},
            {"token": 1, "platform": "ios"},
            {"token": "a", "platform": "ios", "kind": "apns"},
            {"token": "a", "platform": "ios", "user": "somebody"},
        ],
    )
    def test_nonsense_is_refused_by_name(self, body: dict[str, Any]) -> None:
        api, _ = caller("me@example.com")
        answer = api.post_json("devices/", body)
        assert answer.status_code == 400
        assert answer.error["code"] == "validation_error"
        assert answer.error["details"]

    def test_strangers_are_refused(self) -> None:
        assert Caller().get_json("devices/").status_code == 401
        assert Caller().get_json("notifications/").status_code == 401


class TestInbox:
    def test_the_list_speaks_the_readers_language(self, me: tuple[Caller, User]) -> None:
        api, user = me
        told = tell(user)
        listed = api.get_json("notifications/")
        assert_matches_schema(listed)
        (row,) = listed.data
        assert row["id"] == str(told.pk)
        assert (row["title"], row["body"]) == (
            "Commande TW-1: expédiée",
            "Votre commande est en route.",
        )
        assert row["url"] == "https://shop.example/o/1"
        assert row["read_at"] is None

    def test_reading_one_then_all(self, me: tuple[Caller, User]) -> None:
        api, user = me
        first, *_ = [tell(user) for _ in range(3)]
        assert api.get_json("notifications/unread-count/").data["unread"] == 3
        read = api.post_json(f"notifications/{first.pk}/read/")
        assert_matches_schema(read)
        assert read.data["read_at"] is not None
        assert api.post_json(f"notifications/{first.pk}/read/").data == read.data
        everything = api.post_json("notifications/read-all/")
        assert_matches_schema(everything)
        assert everything.data == {"read": 2}
        assert api.get_json("notifications/unread-count/").data["unread"] == 0
        unread = api.get_json("notifications/?read_at__isnull=true")
        assert unread.data == []

    def test_other_peoples_messages_do_not_exist(self, me: tuple[Caller, User]) -> None:
        api, _ = me
        theirs = tell(User.objects.create_user("other@example.com"))
        assert api.get_json("notifications/").data == []
        assert api.get_json(f"notifications/{theirs.pk}/").status_code == 404
        assert api.post_json(f"notifications/{theirs.pk}/read/").status_code == 404
        assert api.post_json("notifications/read-all/").data == {"read": 0}
        theirs.refresh_from_db()
        assert theirs.read_at is None

    def test_links_that_open_an_account_are_not_in_the_list(self, me: tuple[Caller, User]) -> None:
        api, user = me
        notify(kind="password_reset", dedupe_key="x", context={"name": "A"}, user_id=user.pk)
        assert api.get_json("notifications/").data == []

    @pytest.mark.parametrize("count", [1, 5])
    def test_the_list_costs_the_same_for_one_or_five(
        self, count: int, django_assert_max_num_queries: Any
    ) -> None:
        api, user = caller("me@example.com")
        for _ in range(count):
            tell(user)
        api.get_json("notifications/")
        with django_assert_max_num_queries(8):
            assert len(api.get_json("notifications/").data) == count
