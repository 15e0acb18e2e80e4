"""Words of the money floor, and in which order a payment may pass through them."""

from django.db import models


class GatewayName(models.TextChoices):
    """Who takes the money."""

    STRIPE = "stripe", "Stripe"
    RAZORPAY = "razorpay", "Razorpay"
    PAYSTACK = "paystack", "Paystack"


class PaymentStatus(models.TextChoices):
    """Where a payment stands."""

    PENDING = "pending", "Pending"
    PROCESSING = "processing", "Processing"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    HELD = "held_for_review", "Held for review"
    SUCCESS = "success", "Paid"
    PARTIALLY_REFUNDED = "partially_refunded", "Partially refunded"
    REFUNDED = "refunded", "Refunded"
    DISPUTED = "disputed", "Disputed"


# Only a higher rank wins, so a late or repeated message never takes a payment back. Failed and
# cancelled stand below success on purpose: gateways do authorise late.
RANK: dict[PaymentStatus, int] = {
    PaymentStatus.PENDING: 0,
    PaymentStatus.PROCESSING: 10,
    PaymentStatus.FAILED: 20,
    PaymentStatus.CANCELLED: 20,
    PaymentStatus.HELD: 30,
    PaymentStatus.SUCCESS: 40,
    PaymentStatus.PARTIALLY_REFUNDED: 50,
    PaymentStatus.REFUNDED: 60,
    PaymentStatus.DISPUTED: 70,
}

OPEN_STATUSES = [PaymentStatus.PENDING, PaymentStatus.PROCESSING]
PAID_STATUSES = [
    PaymentStatus.SUCCESS,
    PaymentStatus.PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED,
    PaymentStatus.DISPUTED,
]


class AttemptState(models.TextChoices):
    """Where one try at one gateway stands."""

    CREATED = "created", "Not sent yet"
    SUBMITTED = "submitted", "Waiting for the payer"
    PROCESSING = "processing", "On its way"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"
    CAPTURED = "captured", "Captured"


ATTEMPT_RANK: dict[AttemptState, int] = {
    AttemptState.CREATED: 0,
    AttemptState.SUBMITTED: 10,
    AttemptState.PROCESSING: 15,
    AttemptState.FAILED: 20,
    AttemptState.EXPIRED: 20,
    AttemptState.CAPTURED: 40,
}
OPEN_ATTEMPTS = [AttemptState.CREATED, AttemptState.SUBMITTED, AttemptState.PROCESSING]


class AccountKind(models.TextChoices):
    """What a ledger account is; entries are debits (+) and credits (-) on it."""

    ASSET = "asset", "Asset"
    LIABILITY = "liability", "Liability"
    INCOME = "income", "Income"
    EXPENSE = "expense", "Expense"
