from commerce.admin.cart import CartAdmin
from commerce.admin.category import CategoryAdmin
from commerce.admin.customer_panel import orders
from commerce.admin.order import OrderAdmin
from commerce.admin.price_change import PriceChangeAdmin
from commerce.admin.product import ProductAdmin
from commerce.admin.rate import ExchangeRateAdmin
from commerce.admin.variant import VariantAdmin
from commerce.admin.vendor import VendorAdmin

__all__ = [
    "CartAdmin",
    "CategoryAdmin",
    "ExchangeRateAdmin",
    "OrderAdmin",
    "PriceChangeAdmin",
    "ProductAdmin",
    "VariantAdmin",
    "VendorAdmin",
    "orders",  # on the customer's page
]
