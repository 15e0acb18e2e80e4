"""The pages of products in the admin."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.demo import create_demo_users
from commerce.models import (
    Category,
    Price,
    PriceChange,
    Product,
    ProductMedia,
    Variant,
    Vendor,
)
from commerce.services.catalogue import place_category
from commerce.services.catalogue.options import set_options
from commerce.services.catalogue.prices import put_on_sale
from commerce.services.catalogue.translations import translate_product
from commerce.tests.shop import make_variant
from core.models import StoredFile
from core.money import Money
from tests.cost import queries_of

pytestmark = pytest.mark.django_db
LIST = reverse("admin:commerce_product_changelist")


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(create_demo_users()["manager"])
    return client


def page(product: Product) -> str:
    return reverse("admin:commerce_product_change", args=[product.pk])


def seen(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def said(answer: HttpResponse) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def form(product: Product, *variants: dict[str, str], **fields: str) -> dict[str, str]:
    data = {"name": product.name, "slug": product.slug, "description": "", "service": "",
            "tax_class": product.tax_class}  # fmt: skip
    for prefix in ("variants", "media", "translations"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    there = product.variants.count()
    data |= {"variants-TOTAL_FORMS": str(len(variants)), "variants-INITIAL_FORMS": str(there)}
    for place, row in enumerate(variants):
        data |= {f"variants-{place}-{name}": text for name, text in row.items()}
    return data | fields


def row(variant: Variant | None = None, **more: str) -> dict[str, str]:
    data = {"sku": "NEW", "options": "", "price_list": "12.50 EUR", "counted": "10",
            "is_active": "on", "tracks_stock": "on", "requires_shipping": "on",
            "position": "0"}  # fmt: skip
    if variant:
        data |= {"id": str(variant.pk), "product": str(variant.product_id), "sku": variant.sku}
    return data | more


def hang(product: Product, key: str, *, thumbnails: str, position: int) -> None:
    """A picture on its page, drawn small or not yet."""
    file = StoredFile.objects.create(
        key=key, kind="image", state="attached", is_public=True, sha256=key * 64, size=1,
        mime="image/webp", width=800, height=600, original_name=f"{key}.webp",
        thumbnails=thumbnails,
    )  # fmt: skip
    ProductMedia.objects.create(
        product=product, vendor=product.vendor, file=file, kind="image", position=position
    )


def step(desk: Client, product: Product, deed: str) -> HttpResponse:
    return desk.post(reverse("admin:commerce_product_step", args=[product.pk]), {"do": deed})


def test_the_list_costs_the_same_for_one_or_six_and_shows_figures(
    desk: Client, vendor: Vendor
) -> None:
    put_on_sale(variant_id=make_variant(vendor).pk, price=Money(999, "EUR"))
    one = queries_of(lambda: desk.get(LIST))
    for _ in range(5):
        make_variant(vendor)
    assert len(queries_of(lambda: desk.get(LIST))) == len(one)
    shown = seen(desk.get(LIST))
    assert "9.99 EUR · sale" in shown
    assert "12.50 EUR" in shown


def test_the_list_shows_the_first_picture_once_it_is_made_small(
    desk: Client, variant: Variant
) -> None:
    for place, (name, state) in enumerate([("a", "ready"), ("b", "ready"), ("c", "waiting")]):
        hang(variant.product, name, thumbnails=state, position=place)
    assert "/media/a/96.webp" in seen(desk.get(LIST))
    assert "/media/b/96.webp" not in seen(desk.get(LIST))
    ProductMedia.objects.filter(file__key="a").update(removed_at=timezone.now())
    assert "/media/b/96.webp" in seen(desk.get(LIST))
    ProductMedia.objects.filter(file__key="b").update(removed_at=timezone.now())
    assert "96.webp" not in seen(desk.get(LIST)), "the third is not drawn yet"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"wants": "out"}, 1), ({"wants": "in"}, 1), ({"wants": "no_price"}, 0),
        ({"wants": "no_variant"}, 0), ({"wants": "no_picture"}, 2), ({"wants": "sale"}, 0),
        ({"wants": "no_category"}, 1), ({"q": "prod"}, 2), ({"q": "nothing"}, 0),
    ],
)  # fmt: skip
def test_products_are_found_as_people_look_for_them(
    desk: Client, vendor: Vendor, query: dict[str, str], number: int
) -> None:
    shelf = place_category(Category(name="Tea", slug="tea"))
    shelved = make_variant(vendor)
    Product.objects.filter(pk=shelved.product_id).update(category=shelf)
    make_variant(vendor, stock=0)
    answer = desk.get(LIST, query)
    assert len(answer.context["cl"].result_list) == number


def test_a_branch_holds_what_is_below(desk: Client, variant: Variant) -> None:
    home = place_category(Category(name="Home", slug="home"))
    tea = place_category(Category(name="Tea", slug="tea", parent=home))
    Product.objects.update(category=tea)
    answer = desk.get(LIST, {"category__id__exact": str(home.pk)})
    assert len(answer.context["cl"].result_list) == 1


def test_buttons_move_a_product_and_say_what_is_missing(desk: Client, variant: Variant) -> None:
    product = variant.product
    step(desk, product, "archive")
    product.refresh_from_db()
    assert product.status == "archived"
    step(desk, product, "restore")
    Price.objects.all().delete()
    assert "A price, now or to come" in seen(desk.get(page(product)))
    refused = step(desk, product, "publish")
    product.refresh_from_db()
    assert product.status == "draft"
    assert "cannot go on sale yet" in said(refused)


def test_a_product_page_changes_everything_at_once(desk: Client, variant: Variant) -> None:
    product = variant.product
    seen(desk.get(page(product)))
    answer = desk.post(
        page(product),
        form(
            product,
            row(variant, options="Size: S", weight_grams="900", counted="12"),
            row(sku="POT-M", options='{"Size": "M"}', price_list="13.00 EUR, 15.00 USD"),
            name="Better", option_lines="Size: S, M, L",
        )
        | {
            "translations-TOTAL_FORMS": "1", "translations-0-language": "fr",
            "translations-0-name": "Mieux", "translations-0-words": "Size = Taille",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()[:4000]
    product.refresh_from_db()
    variant.refresh_from_db()
    assert (product.name, variant.options, variant.weight_grams) == ("Better", {"Size": "S"}, 900)
    made = Variant.objects.get(sku="POT-M")
    assert (made.options, made.prices.count(), made.vendor_id) == (
        {"Size": "M"}, 2, product.vendor_id,
    )  # fmt: skip
    assert [v.value for v in product.options.get().values.all()] == ["S", "M", "L"]
    french = product.translations.get()
    assert (french.language, french.name, french.options) == ("fr", "Mieux", {"Size": "Taille"})


@pytest.mark.parametrize(
    "wrong",
    [{"options": "Size"}, {"options": "{"}, {"options": "[1]"}, {"price_list": "12"}],
)
def test_a_wrong_line_is_refused_beside_its_field(
    desk: Client, variant: Variant, wrong: dict[str, str]
) -> None:
    answer = desk.post(page(variant.product), form(variant.product, row(variant, **wrong)))
    assert answer.status_code == 200
    assert not answer.context["adminform"].form.errors
    assert answer.context["inline_admin_formsets"][0].formset.errors[0]


def test_two_lines_with_the_same_options_are_refused(desk: Client, variant: Variant) -> None:
    rows = [row(variant, options="Size: S"), row(options="Size: S")]
    answer = desk.post(page(variant.product), form(variant.product, *rows))
    assert answer.status_code == 200
    assert not answer.context["adminform"].form.errors
    assert Variant.objects.count() == 1


def test_what_a_service_refuses_is_told_and_nothing_is_saved(
    desk: Client, vendor: Vendor, variant: Variant
) -> None:
    other = make_variant(vendor)
    rows = [row(variant), row(sku=other.sku, options="Size: S")]
    answer = desk.post(page(variant.product), form(variant.product, *rows, name="Never"))
    assert answer.status_code == 302
    assert "Nothing was saved" in said(answer)
    assert not Product.objects.filter(name="Never").exists()


def test_all_combinations_and_a_copy_are_a_button_away(desk: Client, variant: Variant) -> None:
    product = variant.product
    set_options(product=product, options={"Size": ["S", "M"]})
    step(desk, product, "combine")
    assert product.variants.count() == 3
    copied = step(desk, product, "duplicate")
    copy = Product.objects.exclude(pk=product.pk).get()
    assert copied["Location"] == page(copy)


def test_a_preview_shows_what_the_api_shows_in_each_language(
    desk: Client, variant: Variant
) -> None:
    translate_product(product=variant.product, language="fr", name="Théière")
    preview = reverse("admin:commerce_product_preview", args=[variant.product_id])
    assert "Théière" not in seen(desk.get(preview))
    assert "Théière" in seen(desk.get(preview, {"lang": "fr"}))


def test_chosen_products_move_to_a_category(desk: Client, vendor: Vendor) -> None:
    shelf = place_category(Category(name="Tea", slug="tea"))
    chosen = [str(make_variant(vendor).product_id) for _ in range(2)]
    asked = {"action": "change_category", "_selected_action": chosen}
    assert "2 products" in seen(desk.post(LIST, asked))
    desk.post(LIST, asked | {"apply": "1", "category": str(shelf.pk)})
    assert Product.objects.filter(category=shelf).count() == 2


def test_chosen_products_change_their_prices_after_a_look(desk: Client, variant: Variant) -> None:
    asked: dict[str, Any] = {
        "action": "change_prices", "_selected_action": [str(variant.product_id)],
    }  # fmt: skip
    assert "Percent" in seen(desk.post(LIST, asked))
    wrong = desk.post(LIST, asked | {"apply": "1", "ending": "exact"})
    assert "Give either a percentage or an amount" in seen(wrong)
    planned = desk.post(LIST, asked | {"apply": "1", "percent": "-10", "ending": "exact"})
    change = PriceChange.objects.get()
    assert planned["Location"].endswith(f"{change.pk}/change/")
    assert "11.25 EUR" in seen(desk.get(planned["Location"]))
    desk.post(reverse("admin:commerce_pricechange_step", args=[change.pk]), {"do": "apply"})
    change.refresh_from_db()
    assert change.state == "running"


def test_a_price_is_planned_on_its_variants_page(desk: Client, variant: Variant) -> None:
    place = reverse("admin:commerce_variant_price", args=[variant.pk])
    asked = {"do": "sale", "price_amount": "10.00", "price_currency": "eur",
             "price_from": "2099-01-01T10:00"}  # fmt: skip
    assert "too far ahead" in said(desk.post(place, asked))
    desk.post(place, asked | {"price_from": ""})
    shown = seen(desk.get(reverse("admin:commerce_variant_change", args=[variant.pk])))
    assert "10.00 EUR" in shown
    desk.post(place, {"do": "end_sale", "price_currency": "EUR"})
    assert Price.objects.at().get().amount_minor == 1250


@pytest.mark.parametrize("deed", ["publish", "archive", "duplicate"])
def test_those_who_may_only_look_change_nothing(
    client: Client, variant: Variant, deed: str
) -> None:
    client.force_login(create_demo_users()["readonly"])
    seen(client.get(page(variant.product)))
    step(client, variant.product, deed)
    assert Product.objects.get().status == "active"
    price = reverse("admin:commerce_variant_price", args=[variant.pk])
    client.post(price, {"do": "set", "price_amount": "1", "price_currency": "EUR"})
    assert Price.objects.get().amount_minor == 1250
