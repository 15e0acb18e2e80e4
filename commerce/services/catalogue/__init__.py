"""The catalogue: categories in their tree, products and variants, what they cost and when."""

from commerce.services.catalogue.categories import check_place, place_category
from commerce.services.catalogue.prices import set_price, set_prices
from commerce.services.catalogue.products import change_product, create_product
from commerce.services.catalogue.variants import add_variant

__all__ = [
    "add_variant",
    "change_product",
    "check_place",
    "create_product",
    "place_category",
    "set_price",
    "set_prices",
]
