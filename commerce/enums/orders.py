"""Orders, and which step may follow which."""

from django.db import models


class OrderStatus(models.TextChoices):
    """Where an order stands on its way to the buyer. Payment is an axis of its own."""

    PENDING = "pending", "Pending"
    CONFIRMED = "confirmed", "Confirmed"
    PROCESSING = "processing", "Processing"
    SHIPPED = "shipped", "Shipped"
    OUT_FOR_DELIVERY = "out_for_delivery", "Out for delivery"
    DELIVERED = "delivered", "Delivered"
    CANCELLED = "cancelled", "Cancelled"
    REFUNDED = "refunded", "Refunded"


class PaymentStatus(models.TextChoices):
    """What of an order's total has come in."""

    UNPAID = "unpaid", "Unpaid"
    PAID = "paid", "Paid"
    PARTIALLY_REFUNDED = "partially_refunded", "Partially refunded"
    REFUNDED = "refunded", "Refunded"
    DISPUTED = "disputed", "Disputed"


class SettlementState(models.TextChoices):
    """What became of the difference that a change of a paid order's lines left."""

    DUE = "due", "To be paid"
    PAID = "paid", "Paid"
    WITHDRAWN = "withdrawn", "No longer wanted"
    BACK = "back", "Goes back to the buyer"


class OrderSource(models.TextChoices):
    """Through which door the order came."""

    STOREFRONT = "storefront", "Shop front"
    ADMIN = "admin", "Staff"
    IMPORT = "import", "Import"
    SHOPIFY = "shopify", "Shopify"
    WOOCOMMERCE = "woocommerce", "WooCommerce"
    DEMO = "demo", "Demo data"


_S = OrderStatus
NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    _S.PENDING: frozenset({_S.CONFIRMED, _S.PROCESSING, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.PROCESSING, _S.SHIPPED, _S.CANCELLED, _S.REFUNDED}),
    _S.PROCESSING: frozenset({_S.SHIPPED, _S.CANCELLED, _S.REFUNDED}),
    _S.SHIPPED: frozenset({_S.OUT_FOR_DELIVERY, _S.DELIVERED, _S.REFUNDED}),
    _S.OUT_FOR_DELIVERY: frozenset({_S.DELIVERED, _S.REFUNDED}),
    _S.DELIVERED: frozenset({_S.REFUNDED}),
    _S.CANCELLED: frozenset({_S.REFUNDED}),
    _S.REFUNDED: frozenset(),
}
"""Each status and those that may follow it. What is in the post cannot be cancelled any more;
a cancelled order that was paid ends refunded."""


def may_follow(status: str) -> list[OrderStatus]:
    """The next steps from `status`, in the order of the enum, for buttons and for refusals."""
    return [step for step in OrderStatus if step in NEXT[OrderStatus(status)]]


def leading_to(status: OrderStatus) -> list[OrderStatus]:
    """The statuses from which `status` may be reached."""
    return [step for step in OrderStatus if status in NEXT[step]]


def is_back(previous: str, status: str) -> bool:
    """Whether a step goes back on the way to the buyer: somebody slipped and took it back."""
    way = WAY.index
    if status not in WAY:
        return False
    return previous not in WAY or way(OrderStatus(status)) < way(OrderStatus(previous))


WAY = [_S.PENDING, _S.CONFIRMED, _S.PROCESSING, _S.SHIPPED, _S.OUT_FOR_DELIVERY, _S.DELIVERED]
"""The way to the buyer. The database knows it too (commerce_how_far); a test compares the two."""
