"""Products in the reader's language, and found by words of any language."""

from typing import Any

import pytest
from django.db import connection, transaction

from commerce.addresses import Address
from commerce.models import Category, OrderLine, Product, ProductWords, Variant, Vendor
from commerce.services.catalogue import change_product, place_category
from commerce.services.catalogue.translations import (
    remove_translation,
    translate_category,
    translate_product,
)
from commerce.services.catalogue.variants import change_variant
from commerce.services.orders.checkout import check_out
from commerce.tests.shop import make_variant
from commerce.tests.shopper import HOME, Shopper
from core.api.testing import assert_matches_schema
from core.errors import Invalid
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pot(variant: Variant) -> Product:
    product = variant.product
    change_product(product=product, changes={"name": "Teapot", "description": "Holds tea."})
    change_variant(variant=variant, changes={"options": {"Size": "Small"}})
    translate_product(
        product=product, language="de", name="Teekanne", description="Hält Tee.",
        options={"Size": "Größe", "Small": "Klein"},
    )  # fmt: skip
    translate_product(product=product, language="de-AT", name="Teehäferl")
    return product


def read(shop: Shopper, product: Product, header: str = "", **query: str) -> dict[str, Any]:
    headers = {"Accept-Language": header} if header else {}
    reader = Shopper(shop.http, **headers)
    answer = reader.get(f"products/{product.pk}/", **query)
    assert answer.status_code == 200, answer.content
    assert_matches_schema(answer)
    return answer.json()["data"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("header", "name", "description", "size"),
    [
        ("", "Teapot", "Holds tea.", {"Size": "Small"}),
        ("de-AT", "Teehäferl", "Hält Tee.", {"Größe": "Klein"}),
        ("de-CH, fr;q=0.5", "Teekanne", "Hält Tee.", {"Größe": "Klein"}),
        ("fr, de;q=0.5", "Teekanne", "Hält Tee.", {"Größe": "Klein"}),
        ("en, de;q=0.5", "Teapot", "Holds tea.", {"Size": "Small"}),
        ("*", "Teapot", "Holds tea.", {"Size": "Small"}),
        ("x" * 300, "Teapot", "Holds tea.", {"Size": "Small"}),
    ],
)
def test_each_text_comes_in_the_best_language_there_is(
    shop: Shopper, pot: Product, header: str, name: str, description: str, size: dict[str, str]
) -> None:
    seen = read(shop, pot, header)
    assert (seen["name"], seen["description"]) == (name, description)
    assert seen["variants"][0]["options"] == size
    assert seen["options"][0]["name"] == next(iter(size))


def test_lang_wins_over_the_header_and_nonsense_is_refused(shop: Shopper, pot: Product) -> None:
    assert read(shop, pot, "fr", lang="de_at")["name"] == "Teehäferl"
    assert shop.get("products/", lang="not a language").status_code == 400
    assert "Accept-Language" in shop.get("products/").headers["Vary"]


def test_the_list_costs_one_query_more_in_another_language(shop: Shopper, vendor: Vendor) -> None:
    for number in range(3):
        variant = make_variant(vendor)
        translate_product(product=variant.product, language="de", name=f"Ding {number}")
    plain = queries_of(lambda: shop.get("products/"))
    german = queries_of(lambda: shop.get("products/", lang="de"))
    assert len(german) == len(plain) + 1
    names = {row["name"] for row in shop.get("products/", lang="de").json()["data"]}
    assert names == {"Ding 0", "Ding 1", "Ding 2"}


@pytest.mark.parametrize("asked", ["tee", "TEEHAF", "teapot", "holds te", "groß"])
def test_words_are_found_by_their_beginnings_in_every_language(
    shop: Shopper, pot: Product, asked: str
) -> None:
    found = shop.get("products/", search=asked).json()["data"]
    expected = [] if asked == "groß" else [str(pot.pk)]  # options are no text of the product
    assert [row["id"] for row in found] == expected


def test_skus_and_barcodes_are_found_and_change_at_once(
    shop: Shopper, variant: Variant, pot: Product
) -> None:
    def found(asked: str) -> int:
        return int(shop.get("products/", search=asked).json()["meta"]["count"])

    change_variant(variant=variant, changes={"sku": "ABC-77", "barcode": "4006381333931"})
    assert (found("abc"), found("4006381333"), found("77")) == (1, 1, 1)
    Variant.objects.filter(pk=variant.pk).update(sku="NEW")  # whoever writes it
    assert (found("abc"), found("new")) == (0, 1)
    remove_translation(product=pot, language="de")
    assert found("teekanne") == 0


def test_a_search_uses_the_index_of_words(vendor: Vendor) -> None:
    make_variant(vendor)
    words = ProductWords.objects.filter(words__icontains="teap")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # one row: a scan would be right
        text, params = words.query.sql_with_params()
        cursor.execute(f"EXPLAIN {text}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "commerce_productwords_words" in plan


def test_words_go_with_their_product(vendor: Vendor) -> None:
    product = make_variant(vendor, stock=0).product
    assert ProductWords.objects.count() == 1
    product.delete()
    assert not ProductWords.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "en", "name": "x"},
        {"language": "deutsch!", "name": "x"},
        {"language": "fr", "options": {"Width": "Largeur"}},
        {"language": "fr", "options": {"Size": 3}},
    ],
)
def test_a_translation_that_cannot_be_is_refused(pot: Product, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        translate_product(product=pot, **wrong)


def test_an_empty_translation_takes_the_language_away(pot: Product) -> None:
    translate_product(product=pot, language="de-AT")
    assert list(pot.translations.values_list("language", flat=True)) == ["de"]


def test_an_order_keeps_the_words_its_buyer_read(
    shop: Shopper, pot: Product, variant: Variant
) -> None:
    token = shop.cart(variant)
    check_out(
        cart_token=token, gateway="stripe", email="a@example.com",
        shipping_address=Address(**HOME), language="de-AT",
    )  # fmt: skip
    assert OrderLine.objects.get().name == "Teehäferl (Klein)"


def test_categories_have_names_in_the_readers_language(shop: Shopper) -> None:
    tea = place_category(Category(name="Tea", slug="tea"))
    place_category(Category(name="Light", slug="light"))
    translate_category(category=tea, names={"de": "Tee", "de-AT": "Tee, österreichisch"})
    answer = shop.get("categories/", lang="de-CH")
    assert [row["name"] for row in answer.json()["data"]] == ["Light", "Tee"]
    assert_matches_schema(answer)
    translate_category(category=tea, names={"de": ""})
    assert shop.get(f"categories/{tea.pk}/", lang="de").json()["data"]["name"] == "Tea"
