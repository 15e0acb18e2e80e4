from commerce.models.cart import Cart, CartKey, CartLine
from commerce.models.catalogue import Product, Variant
from commerce.models.category import Category
from commerce.models.coupon import Coupon, CouponRedemption, CouponScope, CouponTerms
from commerce.models.custom_fields import FieldDefinition, ProductFigure
from commerce.models.media import ProductMedia
from commerce.models.options import OptionValue, ProductOption
from commerce.models.order import Order, OrderCounter, OrderLine, OrderStatusChange
from commerce.models.order_desk import OrderNote, OrderRevision
from commerce.models.order_part import OrderPart, OrderPartChange
from commerce.models.price import Price, PriceChange, PriceChangeItem
from commerce.models.rate import ExchangeRate
from commerce.models.returns import ReturnChange, ReturnLine, ReturnRequest
from commerce.models.settlement import OrderSettlement
from commerce.models.shipping import ShippingMethod, ShippingPlace, ShippingRate, ShippingZone
from commerce.models.stock import Reservation, StockItem, StockLocation, StockMovement
from commerce.models.tax import TaxRate
from commerce.models.vendor import Vendor, VendorInvitation, VendorMember
from commerce.models.wording import CategoryTranslation, ProductTranslation, ProductWords

__all__ = [
    "Cart",
    "CartKey",
    "CartLine",
    "Category",
    "CategoryTranslation",
    "Coupon",
    "CouponRedemption",
    "CouponScope",
    "CouponTerms",
    "ExchangeRate",
    "FieldDefinition",
    "OptionValue",
    "Order",
    "OrderCounter",
    "OrderLine",
    "OrderNote",
    "OrderPart",
    "OrderPartChange",
    "OrderRevision",
    "OrderSettlement",
    "OrderStatusChange",
    "Price",
    "PriceChange",
    "PriceChangeItem",
    "Product",
    "ProductFigure",
    "ProductMedia",
    "ProductOption",
    "ProductTranslation",
    "ProductWords",
    "Reservation",
    "ReturnChange",
    "ReturnLine",
    "ReturnRequest",
    "ShippingMethod",
    "ShippingPlace",
    "ShippingRate",
    "ShippingZone",
    "StockItem",
    "StockLocation",
    "StockMovement",
    "TaxRate",
    "Variant",
    "Vendor",
    "VendorInvitation",
    "VendorMember",
]
