from commerce.models.cart import Cart, CartKey, CartLine
from commerce.models.catalogue import Price, Product, Variant
from commerce.models.category import Category
from commerce.models.custom_fields import FieldDefinition, ProductFigure
from commerce.models.imports import ImportRun
from commerce.models.media import ProductMedia
from commerce.models.order import Order, OrderCounter, OrderLine, OrderStatusChange
from commerce.models.order_desk import OrderNote, OrderRevision
from commerce.models.order_part import OrderPart, OrderPartChange
from commerce.models.rate import ExchangeRate
from commerce.models.stock import Reservation, StockItem, StockMovement
from commerce.models.vendor import Vendor, VendorInvitation, VendorMember

__all__ = [
    "Cart",
    "CartKey",
    "CartLine",
    "Category",
    "ExchangeRate",
    "FieldDefinition",
    "ImportRun",
    "Order",
    "OrderCounter",
    "OrderLine",
    "OrderNote",
    "OrderPart",
    "OrderPartChange",
    "OrderRevision",
    "OrderStatusChange",
    "Price",
    "Product",
    "ProductFigure",
    "ProductMedia",
    "Reservation",
    "StockItem",
    "StockMovement",
    "Variant",
    "Vendor",
    "VendorInvitation",
    "VendorMember",
]
