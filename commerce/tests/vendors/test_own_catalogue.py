"""Members manage what their vendor sells, and nothing else; by token and by key alike."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import User
from commerce.models import OrderLine, Price, Product, StockItem, Variant, Vendor, VendorMember
from commerce.services.catalogue import add_variant, create_product, set_price
from commerce.services.stock import count_stock
from commerce.tests.shop import make_order, make_variant, make_vendor
from commerce.tests.shopper import Shopper
from commerce.tests.vendors.people import logged_in, make_user, with_key
from core.errors import NotFound
from core.identity import Identity, Role, acting_as
from core.money import Money
from tests.cost import queries_of

pytestmark = pytest.mark.django_db

TEAPOT = {
    "name": "Iron teapot",
    "variants": [{"sku": "POT", "stock": 3, "prices": [{"amount": "48.00", "currency": "EUR"}]}],
}


@pytest.fixture
def ada(db: None, vendor: Vendor) -> User:
    """Acts for `vendor`."""
    user = make_user("ada@example.com")
    VendorMember.objects.create(vendor=vendor, user=user)
    return user


@pytest.fixture
def other(db: None) -> Variant:
    """What another vendor sells."""
    return make_variant(make_vendor())


@pytest.fixture(params=["token", "key"])
def me(request: Any, client: Client, ada: User) -> Shopper:
    """Ada, by access token and by API key."""
    if request.param == "token":
        return logged_in(client, ada)
    return with_key(client, ada, "vendor:read", "vendor:write")


def test_members_add_and_change_products_variants_prices_and_stock(
    me: Shopper, vendor: Vendor
) -> None:
    made = me.post("products/", TEAPOT | {"vendor": str(vendor.pk)})
    assert made.status_code == 201, made.content
    product = made.json()["data"]
    assert product["variants"][0]["available"] == 3
    path = f"products/{product['id']}/"
    assert me.get(path).status_code == 200  # a draft, seen by its vendor
    assert me.patch(path, {"status": "active", "name": "Pot"}).status_code == 200
    more = {"sku": "POT-2", "stock": 1, "prices": [{"amount": "9.00", "currency": "EUR"}]}
    assert me.post(f"{path}variants/", more).status_code == 409  # nothing tells it from the first
    added = me.post(f"{path}variants/", more | {"options": {"Size": "Large"}})
    assert added.status_code == 201, added.content


def test_drafts_are_listed_for_their_vendor_only(
    me: Shopper, shop: Shopper, vendor: Vendor, other: Variant
) -> None:
    draft = make_variant(vendor).product
    Product.objects.filter(pk=draft.pk).update(status="draft")
    theirs = make_variant(other.vendor).product
    Product.objects.filter(pk=theirs.pk).update(status="draft")
    seen = me.get("products/", vendor=str(vendor.pk)).json()["data"]
    assert [row["id"] for row in seen] == [str(draft.pk)]
    assert shop.get("products/", vendor=str(vendor.pk)).json()["data"] == []
    assert str(theirs.pk) not in me.get("products/", vendor=str(other.vendor_id)).content.decode()
    assert me.get(f"products/{theirs.pk}/").status_code == 404


def test_nothing_of_another_vendor_is_changed(me: Shopper, other: Variant) -> None:
    body = TEAPOT | {"vendor": str(other.vendor_id)}
    refused = me.post("products/", body)
    assert refused.status_code == 403
    assert refused.json()["error"]["details"] == {"vendor": ["Not one of yours."]}
    path = f"products/{other.product_id}/"
    assert me.patch(path, {"name": "Mine"}).status_code == 403
    more = {"sku": "X", "prices": [{"amount": "1.00", "currency": "EUR"}]}
    assert me.post(f"{path}variants/", more).status_code == 403
    assert me.patch(f"vendors/{other.vendor_id}/", {"contact_name": "Me"}).status_code == 404
    other.product.refresh_from_db()
    assert other.product.name != "Mine"
    assert other.product.variants.count() == 1


def test_a_key_without_the_scope_does_not_write(client: Client, ada: User, vendor: Vendor) -> None:
    till = with_key(client, ada, "vendor:read", "orders:read")
    assert till.post("products/", TEAPOT | {"vendor": str(vendor.pk)}).status_code == 403
    orders_only = with_key(client, ada, "orders:read")
    Vendor.objects.update(status="suspended")
    assert orders_only.get("vendors/").json()["data"] == []  # reaches what is public


def test_members_of_a_closed_vendor_change_nothing(me: Shopper, vendor: Vendor) -> None:
    variant = make_variant(vendor)
    Vendor.objects.filter(pk=vendor.pk).update(status="closed")
    answer = me.patch(f"products/{variant.product_id}/", {"name": "Late"})
    assert answer.status_code == 409


def test_members_change_contact_and_language_but_not_the_terms(me: Shopper, vendor: Vendor) -> None:
    path = f"vendors/{vendor.pk}/"
    changed = me.patch(path, {"contact_email": "new@example.com", "language": "ar"})
    assert changed.status_code == 200, changed.content
    refused = me.patch(path, {"contact_name": "A", "commission_bps": 0, "name": "Best"})
    assert refused.status_code == 403
    assert set(refused.json()["error"]["details"]) == {"commission_bps", "name"}
    vendor.refresh_from_db()
    assert (vendor.contact_email, vendor.language) == ("new@example.com", "ar")
    assert (vendor.contact_name, vendor.commission_bps) == ("", 1000)


# -- the second lock: the same through the services, past the doors -----------------------------


def as_member(user: User) -> Any:
    return acting_as(Identity(Role.SHOPPER, user.pk))


def test_the_database_lets_members_write_their_own(ada: User, vendor: Vendor) -> None:
    with as_member(ada), transaction.atomic():
        product = create_product(vendor=vendor, name="Pot")
        variant = add_variant(product=product, sku="P", prices=[Money(100, "EUR")])
        count_stock(variant_id=variant.pk, on_hand=5, source="count:1")
    assert variant.stock_items.get().on_hand == 5


@pytest.mark.parametrize(
    "deed",
    [
        lambda v: create_product(vendor=v.vendor, name="Foreign"),
        lambda v: add_variant(product=v.product, sku="F", prices=[Money(1, "EUR")]),
        lambda v: set_price(variant_id=v.pk, price=Money(1, "EUR")),
        lambda v: Price.objects.create(variant=v, currency="USD", amount_minor=1),
        lambda v: StockItem.objects.filter(variant=v).update(on_hand=99),
        lambda v: count_stock(variant_id=v.pk, on_hand=99, source="count:2"),
        lambda v: Product.objects.filter(pk=v.product_id).update(name="Mine"),
        lambda v: Variant.objects.filter(pk=v.pk).update(sku="MINE"),
        lambda v: Vendor.objects.filter(pk=v.vendor_id).update(contact_name="Me"),
        lambda v: VendorMember.objects.create(vendor=v.vendor, user=User.objects.get()),
    ],
    ids=["product", "variant", "price", "raw price", "stock", "count", "name", "sku", "contact",
         "membership"],
)  # fmt: skip
def test_the_database_refuses_what_is_anothers(ada: User, other: Variant, deed: Any) -> None:
    before = snapshot(other)
    with as_member(ada):
        try:
            with transaction.atomic():
                assert not deed(other)  # nothing found to change
        except (DatabaseError, NotFound, Variant.DoesNotExist):
            pass  # refused aloud
    assert snapshot(other) == before


def snapshot(variant: Variant) -> list[Any]:
    """All that is there of a vendor."""
    vendor = Vendor.objects.filter(pk=variant.vendor_id)
    return [
        list(vendor.values()),
        list(Product.objects.filter(vendor__in=vendor).order_by("pk").values()),
        list(Variant.objects.filter(product__vendor__in=vendor).order_by("pk").values()),
        list(Price.objects.filter(variant__vendor__in=vendor).order_by("pk").values()),
        list(StockItem.objects.filter(variant__vendor__in=vendor).values("on_hand", "reserved")),
        list(VendorMember.objects.filter(vendor__in=vendor).values()),
    ]


def test_a_variant_of_mine_does_not_hang_on_a_product_of_others(
    ada: User, vendor: Vendor, other: Variant
) -> None:
    with as_member(ada), pytest.raises(DatabaseError), transaction.atomic():
        Variant.objects.create(product=other.product, vendor=vendor, sku="GRAFT")
    assert not Variant.objects.filter(sku="GRAFT").exists()


def test_a_product_is_not_handed_to_another_vendor(
    ada: User, vendor: Vendor, other: Variant
) -> None:
    mine = make_variant(vendor).product
    with as_member(ada), pytest.raises(DatabaseError), transaction.atomic():
        Product.objects.filter(pk=mine.pk).update(vendor=other.vendor)


def test_of_an_order_of_several_vendors_a_member_sees_their_own_lines(
    ada: User, vendor: Vendor, other: Variant
) -> None:
    order = make_order(vendor, subtotal_minor=1001, total_minor=1001)
    theirs = OrderLine.objects.get()
    OrderLine.objects.create(
        order=order, position=2, vendor=other.vendor, sku="B", name="Cup", quantity=1,
        currency="EUR", unit_price_minor=1, total_minor=1,
    )  # fmt: skip
    with as_member(ada), transaction.atomic():
        assert list(OrderLine.objects.values_list("pk", flat=True)) == [theirs.pk]
        assert not type(order).objects.exists()  # whose order it is, is not theirs to see


def test_the_public_list_costs_members_no_more_than_others(
    client: Client, ada: User, vendor: Vendor
) -> None:
    make_variant(vendor)
    me, stranger = logged_in(client, ada), logged_in(client, make_user("x@example.com"))
    costs = [len(queries_of(lambda p=person: p.get("products/"))) for person in (me, stranger)]
    assert costs[0] == costs[1] > 0
