"""Vendors' people send what is theirs, staff what they may; nobody learns more than the parcel."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.services.tokens import begin_login
from commerce.models import Order, Vendor, VendorMember
from commerce.tests.orders.parcels import order_of, parts_of, statuses, two_vendors
from commerce.tests.shop import make_vendor
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from core.models import AuditEntry
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client, vendor: Vendor) -> Shopper:
    """One of the vendor's people."""
    user = User.objects.create_user("packer@example.com", "pass word 9 long")
    VendorMember.objects.create(vendor=vendor, user=user)
    return Shopper(client, Authorization=f"Bearer {begin_login(user=user).access}")


def test_a_member_sees_their_parts_with_the_parcel_and_nothing_else_of_the_buyer(
    member: Shopper, vendor: Vendor
) -> None:
    order = order_of(vendor, make_vendor(), status="confirmed", email="secret@example.com")
    response = member.get("order-parts/", expand="parcel,history")
    assert_matches_schema(response)
    (part,) = response.json()["data"]
    assert part["number"] == f"{order.number}-1"
    assert part["parcel"]["address"]["city"] == "Lyon"
    assert [line["vendor"] for line in part["lines"]] == [str(vendor.pk)]
    assert part["next_steps"] == ["processing", "shipped", "cancelled"]
    assert b"secret@example.com" not in response.content
    assert b"customer" not in response.content
    assert member.get(f"orders/{order.pk}/").status_code == 404
    assert member.get(f"orders/{order.pk}/parts/").status_code == 404


def test_a_member_sends_their_part_and_the_order_waits_for_the_rest(
    member: Shopper, vendor: Vendor
) -> None:
    order = order_of(vendor, make_vendor(), status="confirmed")
    part = parts_of(order)[0]
    response = member.post(
        f"order-parts/{part.pk}/transitions/",
        {"to": "shipped", "carrier": "DHL", "tracking_number": "JP 1"},
    )
    assert_matches_schema(response)
    data = response.json()["data"]
    assert (data["status"], data["tracking_number"]) == ("shipped", "JP 1")
    assert data["tracking_url"].endswith("tracking-id=JP%201")
    assert data["shipped_at"]
    assert statuses(order) == ("confirmed", ["shipped", "confirmed"])
    (step,) = member.get(f"order-parts/{part.pk}/transitions/").json()["data"]
    assert (step["previous"], step["status"]) == ("confirmed", "shipped")
    assert step["actor"] == str(User.objects.get(email="packer@example.com").pk)
    assert AuditEntry.objects.filter(action="order_part.shipped").exists()


@pytest.mark.parametrize(("status", "to", "answer"), [
    ("pending", "processing", 409),  # not paid yet
    ("confirmed", "refunded", 403),
    ("shipped", "cancelled", 409),
    ("delivered", "shipped", 409),
    ("confirmed", "lost", 400),
])  # fmt: skip
def test_a_member_takes_no_step_that_is_not_theirs(
    member: Shopper, vendor: Vendor, status: str, to: str, answer: int
) -> None:
    order = order_of(vendor, status=status)
    response = member.post(f"order-parts/{parts_of(order)[0].pk}/transitions/", {"to": to})
    assert response.status_code == answer
    assert statuses(order) == (status, [status])
    assert_matches_schema(response)


def test_another_vendor_s_part_is_not_there_and_a_buyer_sends_nothing(
    member: Shopper, client: Client
) -> None:
    buyer = User.objects.create_user("buyer@example.com", "pass word 9 long")
    order = two_vendors(status="confirmed", user=buyer)
    path = f"order-parts/{parts_of(order)[0].pk}/transitions/"
    assert member.post(path, {"to": "shipped"}).status_code == 404
    shopper = Shopper(client, Authorization=f"Bearer {begin_login(user=buyer).access}")
    assert shopper.post(path, {"to": "shipped"}).status_code == 403
    assert len(shopper.get(f"orders/{order.pk}/parts/").json()["data"]) == 2
    assert shopper.get("order-parts/").json()["data"] == []


def test_the_last_part_takes_the_order_along(staff: dict[str, Shopper]) -> None:
    order = two_vendors(status="processing")
    for part in parts_of(order):
        answer = staff["manager"].post(f"order-parts/{part.pk}/transitions/", {"to": "shipped"})
        assert answer.status_code == 200
    assert statuses(order) == ("shipped", ["shipped", "shipped"])


def test_a_refused_step_names_those_that_are_allowed(staff: dict[str, Shopper]) -> None:
    part = parts_of(two_vendors(status="shipped"))[0]
    answer = staff["manager"].post(f"order-parts/{part.pk}/transitions/", {"to": "cancelled"})
    assert answer.status_code == 409
    assert answer.json()["error"]["details"]["allowed"] == [
        "out_for_delivery", "delivered", "refunded",
    ]  # fmt: skip


def test_an_order_with_a_part_in_the_post_is_not_cancelled_as_a_whole(
    staff: dict[str, Shopper],
) -> None:
    order = two_vendors(status="processing")
    sent, kept = parts_of(order)
    staff["manager"].post(f"order-parts/{sent.pk}/transitions/", {"to": "shipped"})
    answer = staff["manager"].post(f"orders/{order.pk}/transitions/", {"to": "cancelled"})
    assert answer.status_code == 409
    assert sent.number in answer.json()["error"]["message"]
    assert "cancelled" not in answer.json()["error"]["details"]["allowed"]
    answer = staff["manager"].post(f"order-parts/{kept.pk}/transitions/", {"to": "cancelled"})
    assert answer.status_code == 200
    assert statuses(order) == ("shipped", ["shipped", "cancelled"])


def test_a_parcel_is_written_until_it_has_arrived(member: Shopper, vendor: Vendor) -> None:
    order = order_of(vendor, status="shipped")
    part = parts_of(order)[0]
    assert member.patch(f"order-parts/{part.pk}/", {"tracking_number": "1"}).status_code == 400
    answer = member.patch(f"order-parts/{part.pk}/", {"carrier": "UPS", "tracking_number": "1"})
    assert answer.status_code == 200, answer.content
    answer = member.patch(f"order-parts/{part.pk}/", {"tracking_number": "2"})
    assert (answer.json()["data"]["carrier"], answer.json()["data"]["tracking_number"]) == (
        "UPS", "2",
    )  # fmt: skip
    with transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="delivered")
    assert member.patch(f"order-parts/{part.pk}/", {"tracking_number": "3"}).status_code == 409


def test_the_list_of_parts_costs_the_same_for_one_or_many(member: Shopper, vendor: Vendor) -> None:
    order_of(vendor)
    few = queries_of(lambda: member.get("order-parts/", expand="parcel,history,vendor"))
    for _ in range(4):
        order_of(vendor)
    many = queries_of(lambda: member.get("order-parts/", expand="parcel,history,vendor"))
    assert len(many) == len(few)
