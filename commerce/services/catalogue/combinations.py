"""All combinations of a product's options, and SKUs for them."""

from itertools import product as all_combinations
from zlib import crc32

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from commerce import locks
from commerce.models import Price, Product, ProductOption, Variant
from commerce.models.options import MOST_VARIANTS
from commerce.services.catalogue.variants import add_variant
from core.errors import Invalid
from core.money import Money

SKU_LENGTH = 64


@transaction.atomic
def make_combinations(*, product: Product) -> list[Variant]:
    """A variant for each combination of the product's options that has none yet, on sale or not.

    Each costs what the first variant costs and has a SKU made of the product's and its values.
    Raises Invalid without options, or for more than MOST_VARIANTS.
    """
    locks.lock_product(product.pk)
    options = list(ProductOption.objects.filter(product=product).prefetch_related("values"))
    names = [option.name for option in options]
    values = [[value.value for value in option.values.all()] for option in options]
    if not names or not all(values):
        raise Invalid(
            "Name the options and their values first.", details={"options": ["None to combine."]}
        )
    combinations = [dict(zip(names, each, strict=True)) for each in all_combinations(*values)]
    there = list(Variant.objects.filter(product=product))
    missing = [each for each in combinations if all(each != v.options for v in there)]
    if len(there) + len(missing) > MOST_VARIANTS:
        raise Invalid(
            f"That makes {len(there) + len(missing)} variants; {MOST_VARIANTS} at most.",
            details={"options": ["Too many combinations."]},
        )
    first = there[0] if there else None
    prices = [
        Money(price.regular_minor, price.currency)
        for price in (Price.objects.at().filter(variant=first) if first else ())
    ]
    taken = set(Variant.objects.filter(vendor_id=product.vendor_id).filter(
        Q(sku__startswith=_stem(product)) | Q(product=product)).values_list("sku", flat=True)
    )  # fmt: skip
    made = []
    for combination in missing:
        sku = free_sku(f"{_stem(product)}-{'-'.join(map(_code, combination.values()))}", taken)
        made.append(
            add_variant(
                product=product, sku=sku, options=combination, prices=prices,
                tracks_stock=first.tracks_stock if first else True,
                weight_grams=first.weight_grams if first else None,
            )
        )  # fmt: skip
    return made


def free_sku(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with a number that makes it new; it is taken from then on."""
    sku, number = wanted[:SKU_LENGTH], 1
    while sku in taken:
        number += 1
        ending = f"-{number}"
        sku = f"{wanted[: SKU_LENGTH - len(ending)]}{ending}"
    taken.add(sku)
    return sku


def _stem(product: Product) -> str:
    return product.slug[:40].upper()


def _code(value: str) -> str:
    return (slugify(value) or f"{crc32(value.encode()):08x}").upper()[:12]
