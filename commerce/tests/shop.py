"""Making what tests need, through the same services as everybody else."""

from itertools import count

from django.db import transaction

from commerce.enums import OrderStatus, ProductStatus, VendorStatus
from commerce.locks import take_order_numbers
from commerce.models import Order, OrderLine, Variant, Vendor
from commerce.services.catalogue import add_variant, create_product
from commerce.services.stock import receive_stock
from core.money import Money

_serial = count(1)


@transaction.atomic
def make_vendor(**fields: object) -> Vendor:
    """An active vendor with a contact."""
    number = next(_serial)
    defaults = {
        "name": f"Vendor {number}",
        "slug": f"vendor-{number}",
        "status": VendorStatus.ACTIVE,
        "contact_email": f"vendor{number}@example.com",
    }
    return Vendor.objects.create(**(defaults | fields))


@transaction.atomic
def make_variant(
    vendor: Vendor, *, price: str = "12.50", currency: str = "EUR", stock: int = 10
) -> Variant:
    """An active product's only variant."""
    number = next(_serial)
    product = create_product(vendor=vendor, name=f"Product {number}", service="goods")
    variant = add_variant(
        product=product, sku=f"SKU-{number}", prices=[Money.parse(price, currency)]
    )
    product.status = ProductStatus.ACTIVE
    product.save(update_fields=["status"])
    if stock:
        receive_stock(variant_id=variant.pk, quantity=stock, source="delivery:first")
    return variant


@transaction.atomic
def make_order(vendor: Vendor | None = None, **fields: object) -> Order:
    """An order of one line worth 10 EUR, straight into the tables."""
    defaults: dict[str, object] = {
        "number": take_order_numbers(2026)[0],
        "email": "buyer@example.com",
        "currency": "EUR",
        "subtotal_minor": 1000,
        "total_minor": 1000,
        "status": OrderStatus.PENDING,
        "shipping_address": {"name": "Ada", "line1": "Rue 1", "city": "Lyon", "country": "FR"},
        "country": "FR",
    }
    order = Order.objects.create(**(defaults | fields))
    if vendor is not None:
        OrderLine.objects.create(
            order=order,
            position=1,
            vendor=vendor,
            sku="A",
            name="Teapot",
            quantity=1,
            currency="EUR",
            unit_price_minor=1000,
            total_minor=1000,
        )
        share_figures(order)
    return order


def share_figures(order: Order) -> None:
    """Put the order's discount and tax on its lines, as every order has them."""
    lines = list(order.lines.order_by("position"))
    weights = [line.total_minor for line in lines]
    weights = weights if sum(weights) else [1, *weights[1:]]
    discounts = order.money(order.discount_minor).split(weights)
    taxes = order.money(order.tax_minor - order.shipping_tax_minor).split(weights)
    for line, discount, tax in zip(lines, discounts, taxes, strict=True):
        line.discount_minor, line.tax_minor = discount.minor, tax.minor
    OrderLine.objects.bulk_update(lines, ["discount_minor", "tax_minor"])
