from commerce.models.cart import Cart, CartLine
from commerce.models.catalogue import Category, Price, Product, Variant
from commerce.models.imports import ImportRun
from commerce.models.media import ProductMedia
from commerce.models.order import Order, OrderCounter, OrderLine, OrderStatusChange
from commerce.models.stock import Reservation, StockItem, StockMovement
from commerce.models.vendor import Vendor, VendorMember

__all__ = [
    "Cart",
    "CartLine",
    "Category",
    "ImportRun",
    "Order",
    "OrderCounter",
    "OrderLine",
    "OrderStatusChange",
    "Price",
    "Product",
    "ProductMedia",
    "Reservation",
    "StockItem",
    "StockMovement",
    "Variant",
    "Vendor",
    "VendorMember",
]
