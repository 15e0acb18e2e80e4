from commerce.admin.cart import CartAdmin
from commerce.admin.category import CategoryAdmin
from commerce.admin.coupon import CouponAdmin
from commerce.admin.customer_panel import orders
from commerce.admin.order import OrderAdmin
from commerce.admin.price_change import PriceChangeAdmin
from commerce.admin.product import ProductAdmin
from commerce.admin.rate import ExchangeRateAdmin
from commerce.admin.shipping import ShippingMethodAdmin, ShippingZoneAdmin
from commerce.admin.tax import TaxRateAdmin
from commerce.admin.variant import VariantAdmin
from commerce.admin.vendor import VendorAdmin

__all__ = [
    "CartAdmin",
    "CategoryAdmin",
    "CouponAdmin",
    "ExchangeRateAdmin",
    "OrderAdmin",
    "PriceChangeAdmin",
    "ProductAdmin",
    "ShippingMethodAdmin",
    "ShippingZoneAdmin",
    "TaxRateAdmin",
    "VariantAdmin",
    "VendorAdmin",
    "orders",  # on the customer's page
]
