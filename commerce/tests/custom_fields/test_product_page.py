"""Custom fields on a product's page in the admin: real widgets, refusals at their own place."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import Category, Product
from commerce.services.catalogue import change_product
from commerce.tests.categories.test_tree import grow
from commerce.tests.custom_fields.test_definitions import define
from commerce.tests.shop import make_variant, make_vendor

pytestmark = pytest.mark.django_db

KINDS = {"color": "choice", "tags": "multi_choice", "weight": "number", "made": "date",
         "vegan": "boolean", "fabric": "text"}  # fmt: skip


@pytest.fixture
def desk(client: Client) -> Client:
    """The manager at the admin."""
    client.force_login(create_demo_users()["manager"])
    return client


@pytest.fixture
def tree(db: None) -> dict[str, Category]:
    """Fields of every type at home, one in the garden."""
    made = grow("home", "garden")
    for key, kind in KINDS.items():
        define(made["home"], key, kind, required=key == "color")
    define(made["garden"], "plant")
    return made


@pytest.fixture
def product(tree: dict[str, Category]) -> Product:
    """A draft at home."""
    made = make_variant(make_vendor()).product
    Product.objects.filter(pk=made.pk).update(category=tree["home"], status="draft")
    made.refresh_from_db()
    return made


def save(desk: Client, product: Product, **form: Any) -> Any:
    page = reverse("admin:commerce_product_change", args=[product.pk])
    shown = desk.get(page).context["adminform"].form
    values = {
        name: value
        for name in shown.fields
        if (value := shown.get_initial_for_field(shown.fields[name], name)) not in (None, "", [])
    }
    values |= {"category": str(product.category_id)} | form
    for inline in desk.get(page).context["inline_admin_formsets"]:
        for name, value in inline.formset.management_form.initial.items():
            values[f"{inline.formset.prefix}-{name}"] = "0" if name != "MAX_NUM_FORMS" else value
    return desk.post(page, {name: value for name, value in values.items() if value is not False})


SAID = {
    "cf_color": "red", "cf_tags": ["blue", "red"], "cf_weight": "12.50", "cf_made": "2026-02-28",
    "cf_vegan": "false", "cf_fabric": "wool",
}  # fmt: skip


def test_each_type_has_its_widget_and_goes_in_exactly(desk: Client, product: Product) -> None:
    answer = save(desk, product, **SAID)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    product.refresh_from_db()
    assert {key: str(value) for key, value in product.custom_fields.items()} == {
        "color": "red", "tags": "['red', 'blue']", "weight": "12.5", "made": "2026-02-28",
        "vegan": "False", "fabric": "wool",
    }  # fmt: skip
    page = desk.get(reverse("admin:commerce_product_change", args=[product.pk]))
    form = page.context["adminform"].form
    assert form.initial["cf_vegan"] == "false"
    assert 'type="date"' in page.content.decode() or "vDateField" in page.content.decode()
    again = save(desk, product, cf_color="", cf_weight="")
    assert again.status_code == 302
    product.refresh_from_db()
    assert {"color", "weight"}.isdisjoint(product.custom_fields)
    assert product.custom_fields["fabric"] == "wool"


def test_what_does_not_fit_is_told_at_its_widget(desk: Client, product: Product) -> None:
    answer = save(desk, product, **SAID | {"cf_color": "pink", "cf_weight": "1.12345678901"})
    errors = answer.context["adminform"].form.errors
    assert {"cf_color", "cf_weight"} <= set(errors)
    product.refresh_from_db()
    assert product.custom_fields == {}


def test_a_product_on_sale_is_asked_for_what_is_required(desk: Client, product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(status="active")
    answer = save(desk, product, cf_fabric="wool")
    assert set(answer.context["adminform"].form.errors) == {"cf_color"}
    assert save(desk, product, cf_fabric="wool", cf_color="red").status_code == 302
    product.refresh_from_db()
    assert product.custom_fields == {"fabric": "wool", "color": "red"}


def test_another_category_shows_its_fields_and_keeps_what_was_said(
    desk: Client, product: Product, tree: dict[str, Category]
) -> None:
    change_product(product=product, changes={"custom_fields": {"fabric": "wool"}})
    answer = save(desk, product, category=str(tree["garden"].pk), cf_plant="rose")
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    product.refresh_from_db()
    assert product.custom_fields == {"fabric": "wool", "plant": "rose"}
    page = desk.get(reverse("admin:commerce_product_change", args=[product.pk])).content.decode()
    assert "fabric = wool" in page
    assert save(desk, product, cf_drop_strays="on").status_code == 302
    product.refresh_from_db()
    assert product.custom_fields == {"plant": "rose"}


def test_those_who_may_only_look_read_the_values(client: Client, product: Product) -> None:
    change_product(product=product, changes={"custom_fields": {"fabric": "wool"}})
    client.force_login(create_demo_users()["readonly"])
    page = client.get(reverse("admin:commerce_product_change", args=[product.pk]))
    assert page.status_code == 200
    assert "Fabric: <bdi>wool</bdi>" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"cf.color": "red"}, True), ({"cf.color": "blue"}, False), ({"cf.vegan": "false"}, True),
        ({"cf.weight": "12.5"}, True), ({"cf.weight": "2..12.5"}, True),
        ({"cf.weight": "..2"}, False), ({"cf.made": "2026-01-01.."}, True),
        ({"cf.tags": "blue"}, True), ({"cf.fabric": "wool"}, True), ({"cf.weight": "heavy"}, False),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_the_fields_of_a_category(
    desk: Client, product: Product, asked: dict[str, str], found: bool
) -> None:
    assert save(desk, product, **SAID).status_code == 302
    here = {"category__id__exact": str(product.category_id)}
    page = desk.get(reverse("admin:commerce_product_changelist"), here | asked)
    assert page.status_code == 200
    assert list(page.context["cl"].result_list) == ([product] if found else [])
