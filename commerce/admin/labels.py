"""Colours of statuses, one meaning everywhere in the admin."""

from commerce.enums import (
    CartState,
    OrderStatus,
    PaymentStatus,
    ProductStatus,
    RateState,
    ReservationState,
    VendorStatus,
)

ORDER_LABELS = {
    OrderStatus.PENDING: "info",
    OrderStatus.CONFIRMED: "primary",
    OrderStatus.PROCESSING: "primary",
    OrderStatus.SHIPPED: "warning",
    OrderStatus.OUT_FOR_DELIVERY: "warning",
    OrderStatus.DELIVERED: "success",
    OrderStatus.CANCELLED: "default",
    OrderStatus.REFUNDED: "danger",
}
PAYMENT_LABELS = {
    PaymentStatus.UNPAID: "info",
    PaymentStatus.PAID: "success",
    PaymentStatus.PARTIALLY_REFUNDED: "warning",
    PaymentStatus.REFUNDED: "default",
    PaymentStatus.DISPUTED: "danger",
}
VENDOR_LABELS = {
    VendorStatus.APPLIED: "info",
    VendorStatus.ACTIVE: "success",
    VendorStatus.SUSPENDED: "danger",
    VendorStatus.CLOSED: "default",
}
PRODUCT_LABELS = {
    ProductStatus.DRAFT: "info",
    ProductStatus.ACTIVE: "success",
    ProductStatus.ARCHIVED: "default",
}
CART_LABELS = {
    CartState.OPEN: "info",
    CartState.CONVERTED: "success",
    CartState.ABANDONED: "default",
    CartState.MERGED: "default",
}
RATE_LABELS = {
    RateState.IN_FORCE: "success",
    RateState.HELD: "warning",
    RateState.COVERED: "info",
    RateState.REPLACED: "default",
    RateState.REFUSED: "danger",
    RateState.WITHDRAWN: "default",
}
RESERVATION_LABELS = {
    ReservationState.ACTIVE: "info",
    ReservationState.EXPIRED: "default",
    ReservationState.WAITING: "danger",
    ReservationState.ALLOCATED: "warning",
    ReservationState.SHIPPED: "success",
    ReservationState.RELEASED: "default",
}
