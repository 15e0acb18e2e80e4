"""What products and variants are made of and changed by."""

from rest_framework import serializers

from commerce.api.custom_fields import CustomFieldsField
from commerce.enums import ProductStatus, TaxClass
from commerce.models import Category, Vendor
from commerce.models.options import MOST_OPTIONS, MOST_VALUES
from core.api.fields import (
    Input,
    JsonField,
    MoneyField,
    SlugTextField,
    TextField,
    TrueFalseField,
    WholeNumberField,
)

MOST_STOCK = 1_000_000
MOST_CURRENCIES = 50
HEAVIEST = 2_000_000_000  # grams
LAST_PLACE = 32_767


class VariantChange(Input):
    """Fields of a variant; those not given stay. `prices` are the regular ones from now on, and
    the only ones: in currencies not named it is sold no longer."""

    sku = TextField(max_length=64, required=False)
    barcode = TextField(max_length=64, required=False, allow_blank=True)
    options = JsonField(required=False)
    weight_grams = WholeNumberField(
        min_value=0, max_value=HEAVIEST, required=False, allow_null=True
    )
    position = WholeNumberField(min_value=0, max_value=LAST_PLACE, required=False)
    active = TrueFalseField(required=False)
    tracks_stock = TrueFalseField(required=False)
    requires_shipping = TrueFalseField(required=False)
    prices = serializers.ListField(
        child=MoneyField(), allow_empty=False, max_length=MOST_CURRENCIES, required=False
    )


class VariantInput(Input):
    """A new variant, with its prices and the pieces that are there."""

    sku = TextField(max_length=64)
    barcode = TextField(max_length=64, required=False, allow_blank=True, default="")
    options = JsonField(required=False, default=dict)
    prices = serializers.ListField(
        child=MoneyField(), allow_empty=False, max_length=MOST_CURRENCIES
    )
    tracks_stock = TrueFalseField(required=False, default=True)
    requires_shipping = TrueFalseField(required=False, default=True)
    weight_grams = WholeNumberField(
        min_value=0, max_value=HEAVIEST, required=False, allow_null=True, default=None
    )
    stock = WholeNumberField(min_value=0, max_value=MOST_STOCK, required=False, default=0)


class ProductChange(Input):
    """Fields of a product; those not given stay."""

    name = TextField(max_length=200, required=False)
    slug = SlugTextField(max_length=120, required=False)
    description = TextField(max_length=20_000, lines=True, required=False, allow_blank=True)
    service = TextField(max_length=60, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=ProductStatus.choices, required=False)
    tax_class = serializers.ChoiceField(choices=TaxClass.choices, required=False)
    category = serializers.PrimaryKeyRelatedField(
        queryset=Category.objects.all(), required=False, allow_null=True
    )
    custom_fields = CustomFieldsField(required=False)


class ProductInput(ProductChange):
    """A new product, with variants if they are known."""

    name = TextField(max_length=200)
    vendor = serializers.PrimaryKeyRelatedField(queryset=Vendor.objects.all())
    variants = VariantInput(many=True, required=False, default=list)


class OptionInput(Input):
    """An option and its values, in their order."""

    name = TextField(max_length=60)
    values = serializers.ListField(
        child=TextField(max_length=100), allow_empty=False, max_length=MOST_VALUES
    )


class OptionsInput(Input):
    """All options of a product, in their order."""

    options = OptionInput(many=True, max_length=MOST_OPTIONS)  # type: ignore[call-arg]  # of the list


class PriceInput(Input):
    """A price from some time on. With `sale` it stands beside the regular one, until `valid_to`;
    without, it is the regular one until the next change that is planned."""

    price = MoneyField()
    sale = TrueFalseField(required=False, default=False)
    valid_from = serializers.DateTimeField(required=False, allow_null=True, default=None)
    valid_to = serializers.DateTimeField(required=False, allow_null=True, default=None)


class TranslationInput(Input):
    """A product's texts in a language; what is empty falls back. `options` translates the words of
    its options: {"Size": "Taille", "Red": "Rouge"}."""

    name = TextField(max_length=200, required=False, allow_blank=True, default="")
    description = TextField(
        max_length=20_000, lines=True, required=False, allow_blank=True, default=""
    )
    options = JsonField(required=False, default=dict)
