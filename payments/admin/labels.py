"""Colours of statuses."""

from payments.enums import (
    AttemptState,
    CommissionState,
    DisputeState,
    PaymentStatus,
    PayoutState,
    ReceiptKind,
    RefundState,
)

PAYMENT_LABELS = {
    PaymentStatus.PENDING: "info",
    PaymentStatus.PROCESSING: "info",
    PaymentStatus.SUCCESS: "success",
    PaymentStatus.FAILED: "danger",
    PaymentStatus.CANCELLED: "default",
    PaymentStatus.HELD: "danger",
    PaymentStatus.PARTIALLY_REFUNDED: "warning",
    PaymentStatus.REFUNDED: "warning",
    PaymentStatus.DISPUTED: "danger",
}
ATTEMPT_LABELS = {
    AttemptState.CREATED: "info",
    AttemptState.SUBMITTED: "info",
    AttemptState.PROCESSING: "info",
    AttemptState.FAILED: "danger",
    AttemptState.EXPIRED: "default",
    AttemptState.CAPTURED: "success",
}
RECEIPT_LABELS = {
    ReceiptKind.RECEIPT: "success",
    ReceiptKind.CREDIT_NOTE: "warning",
    ReceiptKind.CANCELLATION: "danger",
}
REFUND_LABELS = {
    RefundState.REQUESTED: "warning",
    RefundState.APPROVED: "info",
    RefundState.SUBMITTED: "info",
    RefundState.PENDING: "info",
    RefundState.NEEDS_ATTENTION: "danger",
    RefundState.SUCCEEDED: "success",
    RefundState.FAILED: "danger",
    RefundState.REJECTED: "default",
}
DISPUTE_LABELS = {
    DisputeState.NEEDS_RESPONSE: "danger",
    DisputeState.UNDER_REVIEW: "warning",
    DisputeState.WON: "success",
    DisputeState.LOST: "danger",
    DisputeState.CLOSED: "default",
    DisputeState.UNKNOWN: "warning",
}
COMMISSION_LABELS = {
    CommissionState.HELD: "info",
    CommissionState.PAYABLE: "warning",
    CommissionState.PAID: "success",
    CommissionState.REVERSED: "default",
}
PAYOUT_LABELS = {
    PayoutState.DRAFT: "info",
    PayoutState.APPROVED: "warning",
    PayoutState.SENT: "primary",
    PayoutState.PAID: "success",
    PayoutState.FAILED: "danger",
    PayoutState.CANCELLED: "default",
}
