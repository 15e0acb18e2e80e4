"""A vendor applies, is approved, suspended, reopened, closed; it is told why, the shop follows."""

from typing import Any

import pytest
from django.test import Client

from commerce.enums import VENDOR_NEXT, VendorStatus
from commerce.models import Variant, Vendor, VendorMember
from commerce.services.vendors.life import MOST_APPLICATIONS, move_vendor
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from commerce.tests.vendors.people import logged_in, make_user, member_of
from core.api.testing import assert_matches_schema
from core.enums import Queue
from core.errors import Conflict, Invalid
from core.events.worker import work_off
from core.models import AuditEntry
from notifications.models import Delivery, Notification

pytestmark = pytest.mark.django_db


def test_every_status_has_its_next_steps() -> None:
    assert set(VENDOR_NEXT) == set(VendorStatus)
    assert all(VENDOR_NEXT.values())


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_contact_is_told_of_each_step_and_why(language: str) -> None:
    vendor = make_vendor(status="applied", language=language, contact_email="v@example.com")
    move_vendor(vendor_id=vendor.pk, to="active")
    move_vendor(vendor_id=vendor.pk, to="suspended", reason="Broken parcels.")
    work_off(Queue.DEFAULT)
    told = Notification.objects.filter(kind="vendor_status_changed").order_by("id")
    assert [(n.email, n.language, n.context["status"], n.context["reason"]) for n in told] == [
        ("v@example.com", language, "active", ""),
        ("v@example.com", language, "suspended", "Broken parcels."),
    ]
    assert Delivery.objects.filter(notification__in=told).count() == 2
    vendor.refresh_from_db()
    assert (vendor.status, vendor.status_reason) == ("suspended", "Broken parcels.")
    assert vendor.status_changed_at is not None
    trail = AuditEntry.objects.filter(resource=f"vendor:{vendor.pk}").order_by("id")
    assert [(entry.action, entry.details["from"]) for entry in trail] == [
        ("vendor.active", "applied"),
        ("vendor.suspended", "active"),
    ]


@pytest.mark.parametrize(
    ("start", "to"),
    [
        ("applied", "suspended"),
        ("active", "applied"),
        ("active", "active"),
        ("closed", "suspended"),
    ],
)
def test_a_step_that_does_not_follow_is_refused_with_those_that_do(start: str, to: str) -> None:
    vendor = make_vendor(status=start)
    with pytest.raises(Conflict) as refusal:
        move_vendor(vendor_id=vendor.pk, to=to, reason="because")
    assert refusal.value.details["allowed"] == [
        step.value for step in VendorStatus if step in VENDOR_NEXT[VendorStatus(start)]
    ]
    vendor.refresh_from_db()
    assert vendor.status == start


@pytest.mark.parametrize("to", ["suspended", "closed"])
def test_who_is_stopped_is_told_why(to: str) -> None:
    with pytest.raises(Invalid) as refusal:
        move_vendor(vendor_id=make_vendor().pk, to=to, reason="  ")
    assert "reason" in refusal.value.details


def test_what_a_suspended_vendor_sells_is_neither_seen_nor_sold(
    shop: Shopper, vendor: Vendor, variant: Variant
) -> None:
    other = make_variant(make_vendor())
    token = shop.cart(variant, other)
    move_vendor(vendor_id=vendor.pk, to="suspended", reason="Broken parcels.")
    listed = [row["id"] for row in shop.get("products/").json()["data"]]
    assert listed == [str(other.product_id)]
    assert shop.get(f"products/{variant.product_id}/").status_code == 404
    added = shop.post(f"carts/{shop.cart()}/items/", {"variant": str(variant.pk)})
    assert added.status_code == 400
    answer = shop.check_out(token)
    assert answer.status_code == 409
    assert answer.json()["error"]["details"] == {"not_on_sale": [variant.sku]}
    move_vendor(vendor_id=vendor.pk, to="active")
    assert shop.get(f"products/{variant.product_id}/").status_code == 200


def test_somebody_with_a_login_applies_and_owns_the_vendor(client: Client) -> None:
    user = make_user("ada@example.com", language="fr")
    me = logged_in(client, user)
    answer = me.post("vendors/", {"name": "Ada's Teas", "country": "FR", "payout_currency": "EUR"})
    assert answer.status_code == 201, answer.content
    assert_matches_schema(answer)
    vendor = Vendor.objects.get(pk=answer.json()["data"]["id"])
    assert (vendor.status, vendor.contact_email, vendor.language) == ("applied", user.email, "fr")
    assert vendor.commission_bps == 1000
    membership = VendorMember.objects.get(vendor=vendor)
    assert (membership.user_id, membership.role) == (user.pk, "owner")
    assert Shopper(client).get("vendors/").json()["data"] == []  # nobody else sees it yet
    (mine,) = me.get("vendors/", mine="true", expand="terms").json()["data"]
    assert mine["terms"]["commission_bps"] == 1000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Me", "commission_bps": 0}, 400),  # terms are agreed with staff
        ({"name": "Me", "status": "active"}, 400),
        ({"name": "!!!"}, 400),
        ({"name": "Me", "language": "xx"}, 400),
    ],
)
def test_an_application_cannot_choose_what_is_agreed(
    client: Client, body: dict[str, Any], status: int
) -> None:
    assert (
        logged_in(client, make_user("a@example.com")).post("vendors/", body).status_code == status
    )
    assert not Vendor.objects.exists()


def test_applications_that_wait_are_few_and_need_a_confirmed_address(client: Client) -> None:
    me = logged_in(client, make_user("a@example.com"))
    for number in range(MOST_APPLICATIONS):
        assert me.post("vendors/", {"name": f"Shop {number}"}).status_code == 201
    assert me.post("vendors/", {"name": "One more"}).status_code == 409
    unproven = logged_in(client, make_user("b@example.com", email_confirmed_at=None))
    assert unproven.post("vendors/", {"name": "Theirs"}).status_code == 409
    assert Vendor.objects.count() == MOST_APPLICATIONS


def test_only_staff_move_a_vendor(client: Client, staff: dict[str, Shopper]) -> None:
    vendor = make_vendor(status="applied")
    owner = member_of(client, vendor)
    path, step = f"vendors/{vendor.pk}/transitions/", {"to": "active"}
    assert owner.post(path, step).status_code == 403
    assert staff["agent"].post(path, step).status_code == 403
    answer = staff["manager"].post(path, step)
    assert answer.status_code == 200
    assert_matches_schema(answer)
    assert answer.json()["data"]["status"] == "active"
    again = staff["manager"].post(path, step)
    assert again.status_code == 409
    assert again.json()["error"]["details"]["allowed"] == ["suspended", "closed"]
