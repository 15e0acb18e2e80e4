"""Pictures and documents of products over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import User
from accounts.services.tokens import begin_login
from commerce.models import Product, ProductMedia, Variant, VendorMember
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from core.enums import FileState
from core.files.hands import detach
from core.models import AuditEntry, StoredFile
from core.tests.files.samples import PDF, picture, sent
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def manager(staff: dict[str, Shopper]) -> Shopper:
    return staff["manager"]


def member_of(variant: Variant, client: Client) -> Shopper:
    user = User.objects.create_user("member@vendors.example")
    VendorMember.objects.create(vendor_id=variant.vendor_id, user=user)
    return Shopper(client, Authorization=f"Bearer {begin_login(user=user).access}")


def put(who: Shopper, product_id: Any, content: bytes, name: str = "pot.png", **more: Any) -> Any:
    body = encode_multipart(BOUNDARY, {"file": sent(content, name), **more})
    return who.http.generic(
        "POST", f"/api/v1/products/{product_id}/media/", body,
        content_type=MULTIPART_CONTENT, headers=who.headers,
    )  # fmt: skip


def listed(who: Shopper, product_id: Any) -> list[dict[str, Any]]:
    answer = who.get(f"products/{product_id}/media/")
    assert answer.status_code == 200, answer.content
    assert_matches_schema(answer)
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def fetched(who: Shopper, url: str) -> Any:
    """A file, read to its end, which closes it."""
    answer: Any = who.http.get(url)
    answer.text_of_file = b"".join(answer.streaming_content)
    return answer


def colours(number: int) -> list[bytes]:
    return [picture(colour=(n * 20, 0, 0)) for n in range(number)]


def test_a_picture_is_put_on_a_product_and_seen_by_everybody(
    shop: Shopper, manager: Shopper, variant: Variant
) -> None:
    answer = put(manager, variant.product_id, picture(size=(80, 60)), "Our pot.PNG", alt="A pot")
    assert answer.status_code == 201, answer.content
    assert_matches_schema(answer)
    (seen,) = listed(shop, variant.product_id)
    assert seen == answer.json()["data"]
    file = StoredFile.objects.get()
    assert seen["url"].endswith(f"/media/{file.key}/original.webp")
    assert set(seen["thumbnails"]) == {"96", "320", "1024"}
    assert (seen["name"], seen["type"], seen["alt"]) == (
        "Our pot.webp", "image/webp", {"en": "A pot"},
    )  # fmt: skip
    assert (seen["width"], seen["height"], seen["position"]) == (80, 60, 0)
    assert (file.state, file.is_public, file.holder_id) == (
        FileState.ATTACHED, True, variant.vendor_id,
    )  # fmt: skip
    assert fetched(shop, seen["url"])["Content-Type"] == "image/webp"
    assert AuditEntry.objects.filter(action="media.add").exists()


def test_the_list_of_products_shows_them_with_no_query_more(
    shop: Shopper, manager: Shopper, variant: Variant
) -> None:
    def cost() -> int:
        return len(queries_of(lambda: shop.get("products/")))

    few = cost()
    for content in colours(3):
        put(manager, variant.product_id, content)
    other = make_variant(make_vendor())
    put(manager, other.product_id, PDF, "manual.pdf")
    assert cost() == few
    answer = shop.get("products/")
    assert_matches_schema(answer)
    counts = {row["id"]: len(row["media"]) for row in answer.json()["data"]}
    assert counts == {str(variant.product_id): 3, str(other.product_id): 1}


def test_a_document_is_kept_as_it_came_and_offered_for_saving(
    shop: Shopper, manager: Shopper, variant: Variant
) -> None:
    seen = put(manager, variant.product_id, PDF, "Mänual.exe").json()["data"]
    assert (seen["kind"], seen["name"], seen["thumbnails"]) == ("document", "Mänual.pdf", {})
    answer = fetched(shop, seen["url"])
    assert answer.text_of_file == PDF
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''M%C3%A4nual.pdf"


def test_the_same_file_again_is_there_already(manager: Shopper, variant: Variant) -> None:
    first = put(manager, variant.product_id, picture())
    again = put(manager, variant.product_id, picture())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["data"] == again.json()["data"]


def test_one_file_hangs_on_many_products_of_its_vendor_and_is_stored_once(
    manager: Shopper, variant: Variant
) -> None:
    sister = make_variant(variant.vendor)
    for each in (variant, sister):
        assert put(manager, each.product_id, picture()).status_code == 201
    assert StoredFile.objects.count() == 1
    (row,) = listed(manager, variant.product_id)
    manager.http.delete(
        f"/api/v1/products/{variant.product_id}/media/{row['id']}/", headers=manager.headers
    )
    assert StoredFile.objects.get().state == FileState.ATTACHED
    assert len(listed(manager, sister.product_id)) == 1


def test_a_place_and_an_order_can_be_asked_for(manager: Shopper, variant: Variant) -> None:
    path = f"products/{variant.product_id}/media/"
    ids = [put(manager, variant.product_id, each).json()["data"]["id"] for each in colours(4)]
    assert manager.patch(f"{path}{ids[3]}/", {"position": 0}).status_code == 200
    assert [row["id"] for row in listed(manager, variant.product_id)] == [ids[3], *ids[:3]]
    first = put(manager, variant.product_id, PDF, "a.pdf", position="0").json()["data"]["id"]
    order = [*ids, first]
    answer = manager.http.put(
        f"/api/v1/{path}order/", {"order": order}, content_type="application/json",
        headers=manager.headers,
    )  # fmt: skip
    assert_matches_schema(answer)
    assert [row["id"] for row in answer.json()["data"]] == order
    assert [row["position"] for row in listed(manager, variant.product_id)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("change", ["twice", "missing", "foreign"])
def test_an_order_names_each_once(manager: Shopper, variant: Variant, change: str) -> None:
    path = f"products/{variant.product_id}/media/"
    ids = [put(manager, variant.product_id, each).json()["data"]["id"] for each in colours(2)]
    order = {"twice": [ids[0], *ids], "missing": ids[:1], "foreign": [*ids, str(uuid4())]}[change]
    answer = manager.http.put(
        f"/api/v1/{path}order/", {"order": order}, content_type="application/json",
        headers=manager.headers,
    )  # fmt: skip
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]) == ["order"]


def test_it_is_described_in_languages_and_given_to_a_variant(
    manager: Shopper, variant: Variant
) -> None:
    row = put(manager, variant.product_id, picture()).json()["data"]
    path = f"products/{variant.product_id}/media/{row['id']}/"
    change = {"alt": {"en": "Pot", "fr": "Théière", "ar": ""}, "variant": str(variant.pk)}
    answer = manager.patch(path, change)
    assert answer.status_code == 200, answer.content
    seen = answer.json()["data"]
    assert (seen["alt"], seen["variant"]) == ({"en": "Pot", "fr": "Théière"}, str(variant.pk))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"alt": {"English": "Pot"}}, "alt"),
        ({"alt": ["Pot"]}, "alt"),
        ({"alt": {"en": "x" * 301}}, "alt"),
        ({"alt": "a\nb"}, "alt"),
        ({"position": -1}, "position"),
        ({"position": "first"}, "position"),
        ({"variant": "7"}, "variant"),
        ({"file": "x"}, "file"),
        ({"vendor": "0"}, "vendor"),
    ],
    ids=str,
)
def test_a_change_that_makes_no_sense_is_refused_by_name(
    manager: Shopper, variant: Variant, change: dict[str, Any], field: str
) -> None:
    row = put(manager, variant.product_id, picture()).json()["data"]
    answer = manager.patch(f"products/{variant.product_id}/media/{row['id']}/", change)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["error"]["details"]) == [field]


def test_a_variant_of_another_product_is_refused(manager: Shopper, variant: Variant) -> None:
    other = make_variant(variant.vendor)
    answer = put(manager, variant.product_id, picture(), variant=str(other.pk))
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]) == ["variant"]
    assert not StoredFile.objects.exists()


def test_what_was_taken_off_can_be_put_back_until_its_file_is_swept(
    manager: Shopper, shop: Shopper, variant: Variant
) -> None:
    rows = [put(manager, variant.product_id, each).json()["data"] for each in colours(3)]
    path = f"products/{variant.product_id}/media/{rows[0]['id']}/"
    assert manager.http.delete(f"/api/v1/{path}", headers=manager.headers).status_code == 204
    assert [row["position"] for row in listed(shop, variant.product_id)] == [0, 1]
    assert StoredFile.objects.filter(state=FileState.ORPHANED).count() == 1
    assert shop.http.get(rows[0]["url"]).status_code == 404
    answer = manager.post(f"{path}restore/", {})
    assert_matches_schema(answer)
    assert listed(shop, variant.product_id) == rows
    assert manager.post(f"{path}restore/", {}).status_code == 200  # once more changes nothing
    assert fetched(shop, rows[0]["url"]).status_code == 200
    manager.http.delete(f"/api/v1/{path}", headers=manager.headers)
    ProductMedia.objects.filter(pk=rows[0]["id"]).delete()
    assert manager.post(f"{path}restore/", {}).status_code == 404


def test_putting_back_what_hangs_there_again_is_a_conflict(
    manager: Shopper, variant: Variant
) -> None:
    row = put(manager, variant.product_id, picture()).json()["data"]
    path = f"products/{variant.product_id}/media/{row['id']}/"
    manager.http.delete(f"/api/v1/{path}", headers=manager.headers)
    assert put(manager, variant.product_id, picture()).status_code == 201
    answer = manager.post(f"{path}restore/", {})
    assert answer.status_code == 409
    assert "already" in answer.json()["error"]["message"]


def test_a_product_has_so_many_and_a_vendor_so_much_room(
    settings: Any, manager: Shopper, variant: Variant
) -> None:
    settings.UPLOAD_PRODUCT_MEDIA_MAX = 2
    contents = colours(4)
    for content in contents[:2]:
        put(manager, variant.product_id, content)
    answer = put(manager, variant.product_id, contents[2])
    assert answer.status_code == 409
    assert "at most 2" in answer.json()["error"]["message"]
    settings.UPLOAD_VENDOR_QUOTA_MB = 0
    other = make_variant(variant.vendor)
    answer = put(manager, other.product_id, contents[3])
    assert answer.status_code == 413
    assert "no room left" in answer.json()["error"]["message"]


def test_members_change_their_own_products_and_no_others(client: Client, variant: Variant) -> None:
    member = member_of(variant, client)
    answer = put(member, variant.product_id, picture())
    assert answer.status_code == 201, answer.content
    path = f"products/{variant.product_id}/media/{answer.json()['data']['id']}/"
    assert member.patch(path, {"alt": "Ours"}).status_code == 200
    assert member.http.delete(f"/api/v1/{path}", headers=member.headers).status_code == 204
    assert member.post(f"{path}restore/", {}).status_code == 200
    theirs = make_variant(make_vendor())
    row = ProductMedia.objects.create(
        product=theirs.product, vendor=theirs.vendor, file=StoredFile.objects.get(), kind="image"
    )
    before = StoredFile.objects.count()
    assert put(member, theirs.product_id, picture(colour="red")).status_code == 403
    path = f"products/{theirs.product_id}/media/{row.pk}/"
    assert member.patch(path, {"alt": "Mine now"}).status_code == 403
    assert member.http.delete(f"/api/v1/{path}", headers=member.headers).status_code == 403
    assert StoredFile.objects.count() == before


@pytest.mark.parametrize("role", ["agent", "readonly", "shopper"])
def test_nobody_else_changes_anything(
    staff: dict[str, Shopper], variant: Variant, role: str
) -> None:
    row = put(staff["manager"], variant.product_id, picture()).json()["data"]
    who, path = staff[role], f"products/{variant.product_id}/media/"
    assert put(who, variant.product_id, PDF).status_code == 403
    assert who.patch(f"{path}{row['id']}/", {"alt": "x"}).status_code == 403
    assert who.post(f"{path}{row['id']}/restore/", {}).status_code == 403
    assert len(listed(who, variant.product_id)) == 1


def test_the_public_sees_nothing_of_drafts(
    shop: Shopper, manager: Shopper, variant: Variant
) -> None:
    put(manager, variant.product_id, picture())
    Product.objects.update(status="draft")
    assert shop.get(f"products/{variant.product_id}/media/").status_code == 404
    assert len(listed(manager, variant.product_id)) == 1


def test_a_file_that_is_let_go_elsewhere_stays_with_who_uses_it(
    manager: Shopper, variant: Variant
) -> None:
    put(manager, variant.product_id, picture())
    file = StoredFile.objects.get()
    detach(file.pk)
    file.refresh_from_db()
    assert file.state == FileState.ATTACHED
