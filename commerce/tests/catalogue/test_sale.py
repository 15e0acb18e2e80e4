"""On sale, in the drawer, in the archive; and once more."""

import pytest

from commerce.enums import ProductStatus
from commerce.models import Price, Product, StockItem, Variant, Vendor
from commerce.services.catalogue import add_variant, create_product
from commerce.services.catalogue.duplicates import duplicate_product
from commerce.services.catalogue.prices import put_on_sale, set_price
from commerce.services.catalogue.sale import (
    NO_PRICE,
    NO_VARIANT,
    archive_product,
    missing_for_sale,
    publish_product,
    restore_product,
)
from commerce.services.catalogue.translations import translate_product
from commerce.services.catalogue.variants import change_variant
from commerce.tests.shop import make_variant
from core.errors import Conflict
from core.money import Money
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def test_what_is_missing_is_named_and_the_product_stays_a_draft(vendor: Vendor) -> None:
    product = create_product(vendor=vendor, name="Pot")
    with pytest.raises(Conflict) as refusal:
        publish_product(product_id=product.pk)
    assert refusal.value.details == {"status": [NO_VARIANT]}
    variant = add_variant(product=product, sku="POT", prices=[])
    assert missing_for_sale([product.pk]) == {product.pk: [NO_PRICE]}
    set_price(variant_id=variant.pk, price=Money(100, "EUR"))
    assert publish_product(product_id=product.pk).status == ProductStatus.ACTIVE


def test_a_retired_variant_needs_no_price_and_counts_for_nothing(vendor: Vendor) -> None:
    product = create_product(vendor=vendor, name="Pot")
    variant = add_variant(product=product, sku="POT", prices=[])
    change_variant(variant=variant, changes={"is_active": False})
    assert missing_for_sale([product.pk])[product.pk] == [NO_VARIANT]


def test_looking_costs_the_same_for_one_or_five(vendor: Vendor) -> None:
    products = [make_variant(vendor).product_id for _ in range(5)]
    one = queries_of(lambda: missing_for_sale(products[:1]))
    assert len(queries_of(lambda: missing_for_sale(products))) == len(one)


def test_what_is_archived_comes_back_as_a_draft(variant: Variant) -> None:
    archive_product(product_id=variant.product_id)
    assert Product.objects.get().status == ProductStatus.ARCHIVED
    assert restore_product(product_id=variant.product_id).status == ProductStatus.DRAFT


def test_a_duplicate_is_a_draft_with_everything_but_stock_and_sales(variant: Variant) -> None:
    product = variant.product
    change_variant(
        variant=variant, changes={"options": {"Size": "S"}, "barcode": "1", "weight_grams": 5}
    )
    translate_product(product=product, language="fr", name="Théière")
    put_on_sale(variant_id=variant.pk, price=Money(900, "EUR"))
    copies = [duplicate_product(product_id=product.pk) for _ in range(2)]
    assert [copy.slug for copy in copies] == [f"{product.slug}-copy", f"{product.slug}-copy-2"]
    for copy, sku in zip(copies, [f"{variant.sku}-COPY", f"{variant.sku}-COPY-2"], strict=True):
        made = copy.variants.get()
        assert (copy.status, made.sku, made.barcode) == ("draft", sku, "")
        assert (made.options, made.weight_grams) == ({"Size": "S"}, 5)
        price = Price.objects.get(variant=made)
        assert (price.amount_minor, price.compare_at_minor) == (1250, None)
        assert copy.options.get().values.get().value == "S"
        assert copy.translations.get().name == "Théière"
        assert not StockItem.objects.filter(variant=made).exists()
