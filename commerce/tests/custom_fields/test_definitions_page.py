"""Definitions on a category's page in the admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import Category, FieldDefinition
from commerce.tests.categories.test_tree import grow
from commerce.tests.custom_fields.test_definitions import define, product_in
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    """The manager at the admin."""
    client.force_login(create_demo_users()["manager"])
    return client


def page(category: Category) -> str:
    return reverse("admin:commerce_category_change", args=[category.pk])


def save(desk: Client, category: Category, *lines: dict[str, Any]) -> Any:
    """The page with these lines of definitions; those with an id are there already."""
    form: dict[str, Any] = {
        "name": category.name, "slug": category.slug, "parent": str(category.parent_id or ""),
        "fields-TOTAL_FORMS": len(lines),
        "fields-INITIAL_FORMS": sum("id" in line for line in lines),
    }  # fmt: skip
    for number, line in enumerate(lines):
        form |= {f"fields-{number}-category": str(category.pk)}
        form |= {f"fields-{number}-{name}": value for name, value in line.items()}
    return desk.post(page(category), form)


def line(**more: Any) -> dict[str, Any]:
    return {"key": "color", "type": "choice", "label_en": "Colour", "label_fr": "Couleur",
            "choice_lines": "red = Red | Rouge | أحمر\nblue", "position": "10"} | more  # fmt: skip


def refusals(answer: Any) -> str:
    (formset,) = [f.formset for f in answer.context["inline_admin_formsets"]]
    return str(formset.errors) + str(formset.non_form_errors())


def test_a_definition_is_made_changed_and_taken_away(desk: Client) -> None:
    home = grow("home")["home"]
    answer = save(desk, home, line())
    assert answer.status_code == 302, refusals(answer)
    made = FieldDefinition.objects.get()
    assert (made.category, made.label) == (home, {"en": "Colour", "fr": "Couleur"})
    assert made.choices == [
        {"value": "red", "label": {"en": "Red", "fr": "Rouge", "ar": "أحمر"}},
        {"value": "blue", "label": {"en": "blue"}},
    ]
    there = {"id": str(made.pk)}
    shown = desk.get(page(home)).content.decode()
    assert "red = Red | Rouge | أحمر" in shown
    assert save(desk, home, line(required="on", archived="on", **there)).status_code == 302
    made.refresh_from_db()
    assert made.required
    assert made.archived_at is not None
    assert save(desk, home, line(DELETE="on", **there)).status_code == 302
    assert not FieldDefinition.objects.exists()


def test_what_the_service_refuses_is_told_on_the_page(desk: Client) -> None:
    tree = grow("home", "home/tea")
    define(tree["home"], "size", "number")
    for wrong, told in (
        (line(key="size", type="text", choice_lines=""), "Defined for home"),
        (line(key="Size!"), "Small letters"),
        (line(choice_lines=""), "what can be chosen"),
        (line(label_en="", label_fr=""), "one language"),
        (line(minimum="5", maximum="1"), "minimum"),
    ):
        answer = save(desk, tree["home/tea"], wrong)
        assert answer.status_code == 200
        assert told in refusals(answer), refusals(answer)
    twice = save(desk, tree["home/tea"], line(), line())
    assert twice.status_code == 200
    assert FieldDefinition.objects.count() == 1


def test_what_is_in_use_stays(desk: Client) -> None:
    home = grow("home")["home"]
    colour = define(home, "color", "choice")
    product_in(home, color="red")
    there = {"id": str(colour.pk)}
    for wrong in (
        line(choice_lines="blue = Blue", **there),
        line(type="text", choice_lines="", **there),
        line(DELETE="on", **there),
    ):
        answer = save(desk, home, wrong)
        assert answer.status_code == 200
        assert "1 products" in refusals(answer)
    colour.refresh_from_db()
    assert [choice["value"] for choice in colour.choices] == ["red", "blue"]


def test_fields_from_above_are_seen_not_edited(desk: Client) -> None:
    tree = grow("home", "home/tea")
    define(tree["home"], "size")
    define(None, "weight", "number")
    shown = desk.get(page(tree["home/tea"]))
    assert shown.context["inline_admin_formsets"][0].formset.total_form_count() == 0
    assert "<td>size</td>" in shown.content.decode()
    assert "all products" in shown.content.decode()
    cost = len(queries_of(lambda: desk.get(page(tree["home/tea"]))))
    for key in ("a", "b", "c"):
        define(tree["home"], key)
    assert len(queries_of(lambda: desk.get(page(tree["home/tea"])))) == cost


def test_fields_of_all_products_have_a_list_of_their_own(desk: Client) -> None:
    form = {"key": "weight", "type": "number", "label_en": "Weight", "unit": "kg", "position": "0"}
    answer = desk.post(reverse("admin:commerce_fielddefinition_add"), form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = FieldDefinition.objects.get()
    assert (made.category, made.unit) == (None, "kg")
    change = reverse("admin:commerce_fielddefinition_change", args=[made.pk])
    assert desk.post(change, form | {"unit": "g"}).status_code == 302
    made.refresh_from_db()
    assert made.unit == "g"
    assert (
        "all products"
        in desk.get(reverse("admin:commerce_fielddefinition_changelist")).content.decode()
    )
    assert (
        desk.post(
            reverse("admin:commerce_fielddefinition_delete", args=[made.pk]), {"post": "yes"}
        ).status_code
        == 302
    )
    assert not FieldDefinition.objects.exists()
