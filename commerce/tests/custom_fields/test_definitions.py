"""Definitions: along a branch a key stands once, everywhere it has one type, and what is in use is
not pulled from under it."""

from typing import Any
from uuid import uuid4

import pytest

from commerce.models import Category, FieldDefinition, Product
from commerce.services.catalogue import add_variant, change_product, create_product
from commerce.services.catalogue.categories import change_category, remove_category
from commerce.services.catalogue.sale import publish_product
from commerce.services.custom_fields.definitions import add_field, change_field, remove_field
from commerce.services.custom_fields.of_products import definitions_for
from commerce.tests.categories.test_tree import grow
from commerce.tests.shop import make_vendor
from core.errors import Conflict, Invalid, NotFound
from core.money import Money

pytestmark = pytest.mark.django_db

RED_BLUE = [{"value": v, "label": {"en": v.title()}} for v in ("red", "blue")]


def define(category: Category | None, key: str, kind: str = "text", **more: Any) -> FieldDefinition:
    more.setdefault("label", {"en": key.title()})
    if kind in ("choice", "multi_choice"):
        more.setdefault("choices", RED_BLUE)
    return add_field(category_id=category.pk if category else None, key=key, type=kind, **more)


def product_in(category: Category | None, **custom: Any) -> Product:
    return create_product(
        vendor=make_vendor(), name="Thing", category=category, custom_fields=custom
    )


def test_a_branch_inherits_from_above_and_from_all_products() -> None:
    tree = grow("home", "home/tea", "garden")
    define(tree["home/tea"], "leaf")
    define(tree["home"], "room")
    define(None, "weight", "number")
    define(tree["garden"], "plant")
    found = [d.key for d in definitions_for(tree["home/tea"])]
    assert found == ["weight", "room", "leaf"]  # from the root down
    assert [d.key for d in definitions_for(None)] == ["weight"]


@pytest.mark.parametrize("where", [None, "home", "home/tea", "home/tea/green"])
def test_a_key_stands_once_along_a_branch(where: str | None) -> None:
    tree = grow("home", "home/tea", "home/tea/green", "garden")
    define(tree["home/tea"], "size")
    with pytest.raises(Conflict, match="defined for home/tea"):
        define(tree[where] if where else None, "size")
    define(tree["garden"], "size")  # another branch may have its own


def test_a_key_has_one_type_everywhere() -> None:
    tree = grow("home", "garden")
    define(tree["home"], "size", "number")
    with pytest.raises(Conflict) as refused:
        define(tree["garden"], "size", "text")
    assert "type" in refused.value.details
    other = define(tree["garden"], "size", "number")
    with pytest.raises(Conflict):
        change_field(definition_id=other.pk, changes={"type": "text"})


def test_a_branch_does_not_move_under_a_key_of_its_own() -> None:
    tree = grow("home", "garden", "garden/pots")
    define(tree["home"], "size")
    define(tree["garden/pots"], "size")
    with pytest.raises(Conflict, match="size"):
        change_category(category_id=tree["garden"].pk, changes={"parent": tree["home"]})
    change_category(category_id=tree["garden/pots"].pk, changes={"parent": None})


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"key": "Size"}, "key"), ({"key": "1st"}, "key"), ({"key": "é"}, "key"),
        ({"key": "x" * 51}, "key"), ({"type": "colour"}, "type"), ({"label": {}}, "label"),
        ({"label": {"xx": "Size"}}, "label"), ({"label": {"en": 7}}, "label"),
        ({"label": {"en": "x" * 121}}, "label"), ({"label": {"en": "a\nb"}}, "label"),
        ({"help_text": ["x"]}, "help_text"), ({"choices": RED_BLUE}, "choices"),
        ({"type": "choice", "choices": []}, "choices"),
        ({"type": "choice", "choices": ["red"]}, "choices"),
        ({"type": "choice", "choices": [*RED_BLUE, RED_BLUE[0]]}, "choices"),
        ({"type": "choice", "choices": [{"value": "a b", "label": {"en": "A"}}]}, "choices"),
        ({"type": "number", "minimum": 3, "maximum": 2}, "maximum"),
        ({"type": "number", "maximum": 10**21}, "maximum"),
        ({"type": "boolean", "minimum": 1}, "minimum"), ({"minimum": -1}, "minimum"),
        ({"decimals": 2}, "decimals"), ({"unit": "kg"}, "unit"),
        ({"earliest": "2026-01-01"}, "earliest"),
    ],
    ids=str,
)  # fmt: skip
def test_a_definition_that_makes_no_sense_names_what_is_wrong(
    wrong: dict[str, Any], name: str
) -> None:
    values = {"key": "size", "type": "text", "label": {"en": "Size"}} | wrong
    with pytest.raises(Invalid) as refused:
        add_field(**values)
    assert name in refused.value.details
    assert not FieldDefinition.objects.exists()


def test_the_type_and_key_of_a_field_in_use_stay() -> None:
    tree = grow("home", "home/tea")
    size = define(tree["home"], "size", "number")
    product_in(tree["home/tea"], size=3)
    for changes in ({"type": "text"}, {"key": "width"}):
        with pytest.raises(Conflict, match="1 products"):
            change_field(definition_id=size.pk, changes=changes)
    with pytest.raises(Conflict, match="1 products"):
        remove_field(definition_id=size.pk)
    Product.objects.update(custom_fields={})
    change_field(definition_id=size.pk, changes={"type": "text", "key": "width"})
    remove_field(definition_id=size.pk)


@pytest.mark.parametrize(("kind", "held"), [("choice", "red"), ("multi_choice", ["red", "blue"])])
def test_a_choice_in_use_is_not_removed(kind: str, held: Any) -> None:
    tree = grow("home")
    colour = define(tree["home"], "color", kind)
    product_in(tree["home"], color=held)
    product_in(tree["home"], color=held)
    with pytest.raises(Conflict) as refused:
        change_field(definition_id=colour.pk, changes={"choices": RED_BLUE[1:]})
    assert refused.value.details["choices"][0] == "red: 2 products."
    more = [*RED_BLUE, {"value": "green", "label": {"fr": "Vert"}}]
    change_field(definition_id=colour.pk, changes={"choices": more})
    change_field(definition_id=colour.pk, changes={"choices": RED_BLUE})  # green is not in use


def test_an_archived_field_is_no_longer_asked_and_keeps_what_is_held() -> None:
    tree = grow("home")
    size = define(tree["home"], "size", required=True)
    product = product_in(tree["home"], size="big")
    change_field(definition_id=size.pk, changes={"archived": True})
    assert definitions_for(tree["home"]) == []
    with pytest.raises(Invalid):
        change_product(product=product, changes={"custom_fields": {"size": "small"}})
    product.refresh_from_db()
    assert product.custom_fields == {"size": "big"}
    change_field(definition_id=size.pk, changes={"archived": False})
    assert [d.key for d in definitions_for(tree["home"])] == ["size"]


def test_fields_go_with_their_category() -> None:
    tree = grow("home")
    define(tree["home"], "size")
    remove_category(category_id=tree["home"].pk)
    assert not FieldDefinition.objects.exists()
    with pytest.raises(NotFound):
        add_field(category_id=uuid4(), key="x", type="text", label={"en": "X"})


# -- what products say --------------------------------------------------------------------------


def test_what_a_product_on_sale_must_say_is_asked_when_it_comes_to_that() -> None:
    tree = grow("home", "garden")
    product = product_in(tree["home"])
    add_variant(product=product, sku="THING", prices=[Money(1000, "EUR")])
    change_product(product=product, changes={"status": "active"})
    define(tree["home"], "size", required=True)
    define(tree["garden"], "plant", required=True)
    change_product(product=product, changes={"name": "Renamed"})  # stays on sale as it is
    with pytest.raises(Invalid) as refused:
        change_product(product=product, changes={"custom_fields": {}})
    assert set(refused.value.details["custom_fields"]) == {"size"}
    other = create_product(vendor=product.vendor, name="New", category=tree["home"])
    add_variant(product=other, sku="NEW", prices=[Money(100, "EUR")])
    with pytest.raises(Invalid):
        publish_product(product_id=other.pk)
    change_product(product=product, changes={"custom_fields": {"size": "L"}})
    with pytest.raises(Invalid) as moved:
        change_product(product=product, changes={"category": tree["garden"]})
    assert set(moved.value.details["custom_fields"]) == {"plant"}


def test_moving_a_product_loses_nothing_it_said() -> None:
    tree = grow("home", "garden")
    define(tree["home"], "size")
    product = product_in(tree["home"], size="L")
    change_product(product=product, changes={"category": tree["garden"]})
    product.refresh_from_db()
    assert product.custom_fields == {"size": "L"}
    change_product(product=product, changes={"category": tree["home"]})
    change_product(product=product, changes={"custom_fields": {"size": None}})
    product.refresh_from_db()
    assert product.custom_fields == {}
