from commerce.admin.cart import CartAdmin
from commerce.admin.category import CategoryAdmin
from commerce.admin.coupon import CouponAdmin
from commerce.admin.customer_panel import orders
from commerce.admin.field_definition import FieldDefinitionAdmin
from commerce.admin.order import OrderAdmin
from commerce.admin.price_change import PriceChangeAdmin
from commerce.admin.product import ProductAdmin
from commerce.admin.rate import ExchangeRateAdmin
from commerce.admin.returns import ReturnAdmin
from commerce.admin.shipping import ShippingMethodAdmin, ShippingZoneAdmin
from commerce.admin.shortage import ReservationAdmin
from commerce.admin.stock import StockItemAdmin
from commerce.admin.stock_location import StockLocationAdmin
from commerce.admin.tax import TaxRateAdmin
from commerce.admin.variant import VariantAdmin
from commerce.admin.vendor import VendorAdmin

__all__ = [
    "CartAdmin",
    "CategoryAdmin",
    "CouponAdmin",
    "ExchangeRateAdmin",
    "FieldDefinitionAdmin",
    "OrderAdmin",
    "PriceChangeAdmin",
    "ProductAdmin",
    "ReservationAdmin",
    "ReturnAdmin",
    "ShippingMethodAdmin",
    "ShippingZoneAdmin",
    "StockItemAdmin",
    "StockLocationAdmin",
    "TaxRateAdmin",
    "VariantAdmin",
    "VendorAdmin",
    "orders",  # on the customer's page
]
