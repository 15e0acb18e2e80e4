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


class RefundState(models.TextChoices):
    """Where a refund stands: ours until it is submitted, the gateway's afterwards."""

    REQUESTED = "requested", "Waiting for approval"
    APPROVED = "approved", "Approved"
    SUBMITTED = "submitted", "Handed to the gateway"
    PENDING = "pending", "On its way"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    SUCCEEDED = "succeeded", "Given back"
    FAILED = "failed", "Failed"
    REJECTED = "rejected", "Rejected"


_R = RefundState
# The database holds the same table (payments/migrations/0004_refunds.py); a test compares them.
# Banks take refunds back days after they succeeded, so `succeeded` may still fail.
NEXT_REFUND: dict[RefundState, frozenset[RefundState]] = {
    _R.REQUESTED: frozenset({_R.APPROVED, _R.REJECTED}),
    _R.APPROVED: frozenset({_R.SUBMITTED, _R.REJECTED}),
    _R.SUBMITTED: frozenset({_R.PENDING, _R.NEEDS_ATTENTION, _R.SUCCEEDED, _R.FAILED}),
    _R.PENDING: frozenset({_R.NEEDS_ATTENTION, _R.SUCCEEDED, _R.FAILED}),
    _R.NEEDS_ATTENTION: frozenset({_R.PENDING, _R.SUCCEEDED, _R.FAILED}),
    _R.SUCCEEDED: frozenset({_R.FAILED}),
    _R.FAILED: frozenset(),
    _R.REJECTED: frozenset(),
}
REFUND_OVER = [RefundState.FAILED, RefundState.REJECTED]  # takes no part of the money any more
REFUND_NOT_SENT = [RefundState.REQUESTED, RefundState.APPROVED]
# The gateway has taken it from us, and gives it back only when the refund fails: one that waits for
# the payer's bank details has left our balance too.
REFUND_TAKEN = [RefundState.PENDING, RefundState.NEEDS_ATTENTION, RefundState.SUCCEEDED]


class RefundOrigin(models.TextChoices):
    """Why there is a refund."""

    STAFF = "staff", "Staff"
    API = "api", "API"
    CANCELLED = "cancelled", "The order was cancelled"
    LATE = "late", "Paid after the order was cancelled"
    REVIEW = "review", "Review of a held payment"
    GATEWAY = "gateway", "Made at the gateway"


class DisputeState(models.TextChoices):
    """How a dispute stands. Unknown: a word of the gateway's that is new to us."""

    NEEDS_RESPONSE = "needs_response", "Needs an answer"
    UNDER_REVIEW = "under_review", "Under review"
    WON = "won", "Won"
    LOST = "lost", "Lost"
    CLOSED = "closed", "Closed"
    UNKNOWN = "unknown", "Unknown"


OPEN_DISPUTES = [DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.UNKNOWN]


class PayeeKind(models.TextChoices):
    """Whom we owe a share of what came in. The floor above says who they are."""

    VENDOR = "vendor", "Vendor"
    REFERRER = "referrer", "Referrer"


class SaleType(models.TextChoices):
    """What money was made on."""

    ORDER = "order", "Order"
    INVOICE = "invoice", "Subscription invoice"


class ReferredBy(models.TextChoices):
    """How we learnt who brought somebody."""

    REGISTRATION = "registration", "Sign-up"
    API = "api", "Entered later"


class RuleScope(models.TextChoices):
    """On which sales a commission rule counts."""

    ALL = "all", "Orders and invoices"
    ORDER = "order", "Orders"
    INVOICE = "invoice", "Subscription invoices"


class CommissionState(models.TextChoices):
    """Where a commission stands; a frozen sale keeps it from moving on."""

    HELD = "held", "Held"
    PAYABLE = "payable", "Payable"
    PAID = "paid", "Paid out"
    REVERSED = "reversed", "Taken back"


class PayoutState(models.TextChoices):
    """Where a payout stands."""

    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    SENT = "sent", "Sent to the bank"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Withdrawn"


PAYOUT_NEXT: dict[PayoutState, frozenset[PayoutState]] = {
    PayoutState.DRAFT: frozenset({PayoutState.APPROVED, PayoutState.CANCELLED}),
    PayoutState.APPROVED: frozenset({PayoutState.SENT, PayoutState.CANCELLED}),
    PayoutState.SENT: frozenset({PayoutState.PAID, PayoutState.FAILED}),
    PayoutState.PAID: frozenset(),
    PayoutState.FAILED: frozenset(),
    PayoutState.CANCELLED: frozenset(),
}


class AccountKind(models.TextChoices):
    """What a ledger account is; entries are debits (+) and credits (-) on it."""

    ASSET = "asset", "Asset"
    LIABILITY = "liability", "Liability"
    INCOME = "income", "Income"
    EXPENSE = "expense", "Expense"


class ReceiptKind(models.TextChoices):
    """Money came in, went back, or could not be given back after all."""

    RECEIPT = "receipt", "Receipt"
    CREDIT_NOTE = "credit_note", "Credit note"
    CANCELLATION = "cancellation", "Cancelled credit note"
