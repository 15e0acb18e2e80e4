"""Words of commerce, and which step may follow which."""

from django.db import models


class VendorStatus(models.TextChoices):
    """Only an active vendor's products are seen and sold."""

    APPLIED = "applied", "Applied"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


_V = VendorStatus
VENDOR_NEXT: dict[VendorStatus, frozenset[VendorStatus]] = {
    _V.APPLIED: frozenset({_V.ACTIVE, _V.CLOSED}),
    _V.ACTIVE: frozenset({_V.SUSPENDED, _V.CLOSED}),
    _V.SUSPENDED: frozenset({_V.ACTIVE, _V.CLOSED}),
    _V.CLOSED: frozenset({_V.ACTIVE}),
}
"""A vendor's life. Closed is also what an application ends in that was declined."""


class VendorRole(models.TextChoices):
    """What somebody who acts for a vendor may do there: owners also decide who else does."""

    OWNER = "owner", "Owner"
    MEMBER = "member", "Member"


class FieldType(models.TextChoices):
    """What a custom field holds."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Day"
    CHOICE = "choice", "One of several"
    MULTI_CHOICE = "multi_choice", "Some of several"


CHOOSING = (FieldType.CHOICE, FieldType.MULTI_CHOICE)


class ProductStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


class PriceChangeKind(models.TextChoices):
    """How many prices at once are changed."""

    PERCENT = "percent", "By percent"
    AMOUNT = "amount", "By an amount"


class PriceChangeState(models.TextChoices):
    """Planned prices may be looked at; running ones are on their way."""

    PLANNED = "planned", "Planned"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"


class PriceItemState(models.TextChoices):
    """One price of such a change: skipped or kept when it is not what the change had seen."""

    PLANNED = "planned", "Planned"
    APPLIED = "applied", "Changed"
    SKIPPED = "skipped", "Skipped: changed meanwhile"
    UNDONE = "undone", "Taken back"
    KEPT = "kept", "Kept: changed again since"


class PriceEnding(models.TextChoices):
    """What changed prices are rounded to, in a hundred smallest units (none where there are no
    smaller units, as in yen: there to tens)."""

    EXACT = "exact", "Exact"
    FIVE = "five", "To 0.05"
    NINETY_FIVE = "ninety_five", "To .95"
    NINETY_NINE = "ninety_nine", "To .99"
    WHOLE = "whole", "To whole units"


class TaxClass(models.TextChoices):
    """What kind of goods, to the tax office; rates say what each costs where."""

    STANDARD = "standard", "Standard"
    REDUCED = "reduced", "Reduced"
    SUPER_REDUCED = "super_reduced", "Super reduced"
    UNTAXED = "untaxed", "Not taxed"


class TaxTreatment(models.TextChoices):
    """Why a rate is what it is."""

    TAXED = "taxed", "Taxed"
    ZERO_RATED = "zero_rated", "Zero-rated"
    EXEMPT = "exempt", "Exempt"
    REVERSE_CHARGE = "reverse_charge", "Reverse charge"


class CouponKind(models.TextChoices):
    """What a coupon gives."""

    PERCENT = "percent", "Percent off"
    FIXED = "fixed", "Amount off"
    FREE_SHIPPING = "free_shipping", "Free shipping"


class RedemptionState(models.TextChoices):
    """A use of a coupon counts from checkout on, unless the order is cancelled unpaid."""

    COUNTED = "counted", "Used"
    GIVEN_BACK = "given_back", "Given back"


class CartState(models.TextChoices):
    OPEN = "open", "Open"
    CONVERTED = "converted", "Ordered"
    ABANDONED = "abandoned", "Abandoned"
    MERGED = "merged", "Joined with another"


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


class ReservationState(models.TextChoices):
    """What became of an order's pieces: held until paid, sold, shipped; or given up on the way."""

    ACTIVE = "active", "Held"
    EXPIRED = "expired", "Hold ran out"
    WAITING = "waiting", "Paid, not in stock"
    ALLOCATED = "allocated", "Sold, to be shipped"
    SHIPPED = "shipped", "Shipped"
    RELEASED = "released", "Given back"


class MovementKind(models.TextChoices):
    """Why a stock figure changed."""

    RECEIVE = "receive", "Received"
    ADJUST = "adjust", "Counted"
    CORRECT = "correct", "Corrected"
    MOVE_OUT = "move_out", "Moved to another location"
    MOVE_IN = "move_in", "Moved from another location"
    RESERVE = "reserve", "Held for an order"
    EXPIRE = "expire", "Hold ran out"
    RELEASE = "release", "Given back"
    ALLOCATE = "allocate", "Sold"
    SHIP = "ship", "Shipped"
    RESTOCK = "restock", "Back on the shelf"
    WRITE_OFF = "write_off", "Written off"
    COMMIT = "commit", "Taken at payment"  # until shipping took pieces off the shelf


class RateSource(models.TextChoices):
    """Who said what a currency is worth."""

    ECB = "ecb", "European Central Bank"
    MANUAL = "manual", "Staff"
    DEMO = "demo", "Demo data"


class RateState(models.TextChoices):
    """Only a rate in force is used; the others tell how it came to that."""

    IN_FORCE = "in_force", "In force"
    HELD = "held", "Held for review"
    COVERED = "covered", "Covered by a manual rate"
    REPLACED = "replaced", "Replaced"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ReturnState(models.TextChoices):
    """Where a return stands. Refunded: the buyer's money is on its way, says the gateway."""

    REQUESTED = "requested", "Requested"
    APPROVED = "approved", "Approved"
    RECEIVED = "received", "Received"
    INSPECTED = "inspected", "Inspected"
    REFUNDED = "refunded", "Refunded"
    CLOSED = "closed", "Closed"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"


class ReturnReason(models.TextChoices):
    """Why somebody sends a thing back."""

    DAMAGED = "damaged", "Arrived damaged"
    WRONG = "wrong", "Not what was ordered"
    NOT_AS_DESCRIBED = "not_as_described", "Not as described"
    TOO_LATE = "too_late", "Came too late"
    CHANGED_MIND = "changed_mind", "Changed their mind"
    OTHER = "other", "Something else"


class ReturnFate(models.TextChoices):
    """What becomes of accepted pieces."""

    RESTOCK = "restock", "Back on the shelf"
    WRITE_OFF = "write_off", "Written off"


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


_R = ReturnState
NEXT_RETURN: dict[ReturnState, frozenset[ReturnState]] = {
    _R.REQUESTED: frozenset({_R.APPROVED, _R.REJECTED, _R.CANCELLED}),
    _R.APPROVED: frozenset({_R.RECEIVED, _R.CANCELLED}),
    _R.RECEIVED: frozenset({_R.INSPECTED}),
    _R.INSPECTED: frozenset({_R.REFUNDED, _R.CLOSED}),
    _R.REFUNDED: frozenset({_R.CLOSED}),
    _R.CLOSED: frozenset(),
    _R.REJECTED: frozenset(),
    _R.CANCELLED: frozenset(),
}
"""Each state of a return and those that may follow it."""
