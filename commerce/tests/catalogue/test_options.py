"""Options, variants and their combinations."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from commerce.models import Price, Product, Variant, Vendor
from commerce.services.catalogue import add_variant, create_product
from commerce.services.catalogue.combinations import make_combinations
from commerce.services.catalogue.options import rename_option, rename_value, set_options
from commerce.services.catalogue.translations import translate_product
from commerce.services.catalogue.variants import change_variant, order_variants
from core.errors import Conflict, Invalid
from core.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def shirt(vendor: Vendor) -> Product:
    product = create_product(vendor=vendor, name="Shirt")
    set_options(product=product, options={"Size": ["S", "M"], "Colour": ["Red", "Blau grün"]})
    return product


def add(product: Product, sku: str, **options: str) -> Variant:
    return add_variant(product=product, sku=sku, prices=[Money(1999, "EUR")], options=options)


def words(product: Product) -> dict[str, list[str]]:
    return {o.name: [v.value for v in o.values.all()] for o in product.options.all()}


def test_all_combinations_are_made_once_at_the_first_ones_price(shirt: Product) -> None:
    first = add(shirt, "SHIRT-1", Size="S", Colour="Red")
    made = make_combinations(product=shirt)
    assert [v.options for v in made] == [
        {"Size": "S", "Colour": "Blau grün"},
        {"Size": "M", "Colour": "Red"},
        {"Size": "M", "Colour": "Blau grün"},
    ]
    assert made[0].sku == "SHIRT-S-BLAU-GRUN"
    prices = Price.objects.exclude(variant=first).values_list("amount_minor", "currency")
    assert list(prices) == [(1999, "EUR")] * 3
    assert make_combinations(product=shirt) == []
    assert sorted(shirt.variants.values_list("position", flat=True)) == [0, 1, 2, 3]


def test_a_sku_that_another_product_has_gets_a_number(vendor: Vendor, shirt: Product) -> None:
    other = create_product(vendor=vendor, name="Other")
    add(other, "SHIRT-S-RED")
    skus = [v.sku for v in make_combinations(product=shirt)]
    assert skus[0] == "SHIRT-S-RED-2"


def test_too_many_combinations_are_refused_and_none_is_made(shirt: Product) -> None:
    values = [str(n) for n in range(20)]
    set_options(product=shirt, options={"A": values, "B": values})
    with pytest.raises(Invalid, match="400 variants"):
        make_combinations(product=shirt)
    assert not shirt.variants.exists()


def test_a_combination_is_sold_once_but_a_retired_one_frees_it(shirt: Product) -> None:
    first = add(shirt, "A", Size="S", Colour="Red")
    with pytest.raises(Conflict, match="these options"):
        add(shirt, "B", Colour="Red", Size="S")
    change_variant(variant=first, changes={"is_active": False})
    add(shirt, "B", Size="S", Colour="Red")
    with pytest.raises(Conflict, match="these options"):
        change_variant(variant=first, changes={"is_active": True})


def test_the_database_refuses_a_second_of_a_combination(shirt: Product) -> None:
    first = add(shirt, "A", Size="S")
    with pytest.raises(IntegrityError, match="combination_once"), transaction.atomic():
        Variant.objects.create(
            product=shirt, vendor_id=shirt.vendor_id, sku="B", options=first.options
        )


def test_words_that_are_new_become_options(shirt: Product) -> None:
    add(shirt, "A", Size="XL", Material="Linen")
    assert words(shirt) == {
        "Size": ["S", "M", "XL"], "Colour": ["Red", "Blau grün"], "Material": ["Linen"],
    }  # fmt: skip


def test_renaming_reaches_variants_and_translations(shirt: Product) -> None:
    variant = add(shirt, "A", Size="S", Colour="Red")
    translate_product(product=shirt, language="fr", options={"Size": "Taille", "Red": "Rouge"})
    rename_option(product=shirt, name="Size", to="Fit")
    rename_value(product=shirt, option="Colour", value="Red", to="Crimson")
    variant.refresh_from_db()
    assert variant.options == {"Fit": "S", "Colour": "Crimson"}
    assert shirt.translations.get().options == {"Fit": "Taille", "Crimson": "Rouge"}
    assert words(shirt)["Colour"] == ["Crimson", "Blau grün"]


def test_a_value_that_is_sold_by_is_not_taken_away(shirt: Product) -> None:
    add(shirt, "A", Size="S", Colour="Red")
    with pytest.raises(Conflict, match="A"):
        set_options(product=shirt, options={"Size": ["M"], "Colour": ["Red"]})
    assert words(shirt)["Size"] == ["S", "M"]


@pytest.mark.parametrize(
    "options",
    [
        {"Size": []},
        {"": ["S"]},
        {"Size": ["S", "s"]},
        {"Size": ["S"], "size": ["M"]},
        {"Size": ["x" * 101]},
        {str(n): ["x"] for n in range(5)},
        {"Size": [str(n) for n in range(61)]},
    ],
)
def test_options_that_cannot_be_are_refused(shirt: Product, options: dict[str, Any]) -> None:
    before = words(shirt)
    with pytest.raises(Invalid):
        set_options(product=shirt, options=options)
    assert words(shirt) == before


def test_variants_are_put_in_order(shirt: Product) -> None:
    a, b = add(shirt, "A", Size="S"), add(shirt, "B", Size="M")
    order_variants(product=shirt, ids=[b.pk, a.pk])
    assert [v.sku for v in shirt.variants.all()] == ["B", "A"]
    with pytest.raises(Invalid):
        order_variants(product=shirt, ids=[b.pk])
