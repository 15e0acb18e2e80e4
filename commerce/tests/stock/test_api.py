"""stock/ and stock-locations/: staff everything, a vendor's members their own, each deed once."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.tokens import begin_login
from commerce.models import StockItem, StockLocation, StockMovement, Variant, Vendor, VendorMember
from commerce.services.stock.shelves import default_location_id
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from commerce.tests.stock.places import order_of, place
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client, vendor: Vendor) -> Shopper:
    user = User.objects.create_user("member@example.com")
    VendorMember.objects.create(vendor=vendor, user=user)
    return Shopper(client, Authorization=f"Bearer {begin_login(user=user).access}")


def do(who: Shopper, deed: str, key: str = "k", **body: Any) -> Any:
    return who.post(f"stock/{deed}/", body, Idempotency_Key=key)


def test_a_delivery_sent_twice_is_received_once(staff, variant: Variant) -> None:
    for _ in range(2):
        answer = do(staff["manager"], "receipts", variant=str(variant.pk), quantity=5)
        assert answer.status_code == 201, answer.content
        assert answer.json()["data"]["on_hand"] == 15
    assert StockItem.objects.get().on_hand == 15


def test_counts_corrections_and_transfers(staff, variant: Variant) -> None:
    manager, there = staff["manager"], place("Osaka", country="JP")
    here = StockLocation.objects.get(is_default=True)
    same = {"variant": str(variant.pk), "location": str(here.pk)}
    assert do(manager, "counts", **same, on_hand=8).json()["data"]["on_hand"] == 8
    answer = do(manager, "corrections", "k2", **same, change=-1, reason="Broken")
    assert answer.json()["data"]["available"] == 7
    route = {"variant": str(variant.pk), "origin": str(here.pk), "destination": str(there.pk)}
    moved = do(manager, "transfers", "k3", **route, quantity=3)
    assert (moved.json()["data"]["location_name"], moved.json()["data"]["on_hand"]) == ("Osaka", 3)
    too_many = do(manager, "transfers", "k4", **route, quantity=5)
    assert too_many.status_code == 409
    assert too_many.json()["error"]["details"] == {"free": 4}
    kinds = list(StockMovement.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["receive", "adjust", "correct", "move_out", "move_in"]


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("receipts", {"quantity": 0}), ("receipts", {"quantity": 10**9}), ("receipts", {}),
        ("counts", {"on_hand": -1}), ("counts", {"on_hand": "many"}),
        ("corrections", {"change": 0, "reason": "x"}), ("corrections", {"change": 1}),
        ("corrections", {"change": 1, "reason": " "}),
        ("receipts", {"quantity": 1, "location": "0190a0a0-0000-7000-8000-000000000000"}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_changes_nothing(staff, variant, deed, body) -> None:
    answer = do(staff["manager"], deed, variant=str(variant.pk), **body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["details"]
    assert StockItem.objects.get().on_hand == 10


def test_what_orders_have_a_right_to_is_not_counted_away(staff, variant: Variant) -> None:
    order_of(variant, 4)
    answer = do(staff["manager"], "counts", variant=str(variant.pk), on_hand=3)
    assert answer.status_code == 409
    assert answer.json()["error"]["details"] == {"promised": 4}


def test_members_change_and_see_what_is_theirs(member: Shopper, variant: Variant) -> None:
    foreign = make_variant(make_vendor())
    assert do(member, "receipts", variant=str(variant.pk), quantity=2).status_code == 201
    assert do(member, "receipts", "k2", variant=str(foreign.pk), quantity=2).status_code == 403
    listed = member.get("stock/").json()["data"]
    assert [row["sku"] for row in listed] == [variant.sku]
    item = foreign.stock_items.get()
    assert member.get(f"stock/{item.pk}/").status_code == 404
    assert member.get(f"stock/{item.pk}/movements/").status_code == 404
    assert member.patch(f"stock/{item.pk}/", {"low_at": 1}).status_code == 404


def test_members_open_places_of_their_own_only(member: Shopper, vendor: Vendor) -> None:
    mine = member.post("stock-locations/", {"name": "My barn", "vendor": str(vendor.pk)})
    assert mine.status_code == 201, mine.content
    assert member.post("stock-locations/", {"name": "The house's"}).status_code == 403
    main = StockLocation.objects.get(pk=default_location_id())
    assert member.patch(f"stock-locations/{main.pk}/", {"name": "X"}).status_code == 403


def test_a_members_goods_find_the_houses_place_made_anew(member: Shopper, make) -> None:
    variant = make(stock=0)
    StockLocation.objects.all().delete()
    assert do(member, "receipts", variant=str(variant.pk), quantity=2).status_code == 201
    main = StockLocation.objects.get()
    assert (main.is_default, main.vendor_id) == (True, None)
    assert main.items.get().on_hand == 2


def test_a_vendors_place_takes_no_goods_of_others(staff, variant: Variant) -> None:
    theirs = place("Barn", vendor=make_vendor())
    answer = do(
        staff["manager"], "receipts", variant=str(variant.pk), location=str(theirs.pk), quantity=1
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"location": ["Another vendor's."]}


@pytest.mark.parametrize("role", ["agent", "readonly", "shopper"])
def test_others_change_nothing(staff, variant: Variant, role: str) -> None:
    answer = do(staff[role], "receipts", variant=str(variant.pk), quantity=1)
    assert answer.status_code == 403
    assert StockItem.objects.get().on_hand == 10


def test_the_default_is_handed_over_and_never_closed(staff) -> None:
    manager, lyon = staff["manager"], place("Lyon", country="FR")
    main = StockLocation.objects.get(pk=default_location_id())
    assert manager.patch(f"stock-locations/{main.pk}/", {"is_active": False}).status_code == 409
    handed = manager.patch(f"stock-locations/{lyon.pk}/", {"is_default": True})
    assert handed.json()["data"]["is_default"] is True
    main.refresh_from_db()
    assert main.is_default is False


def test_the_list_is_filtered_and_costs_the_same_for_one_or_five(staff, make) -> None:
    manager = staff["manager"]
    make(stock=3)
    one = queries_of(lambda: manager.get("stock/"))
    for _ in range(4):
        make(stock=30)
    assert len(queries_of(lambda: manager.get("stock/"))) == len(one)
    (low,) = manager.get("stock/", low="true").json()["data"]
    assert (low["on_hand"], low["low"]) == (3, True)
    assert len(manager.get("stock/", low="false").json()["data"]) == 4
