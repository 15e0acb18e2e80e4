"""Colours of statuses."""

from payments.enums import AttemptState, PaymentStatus, ReceiptKind

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
