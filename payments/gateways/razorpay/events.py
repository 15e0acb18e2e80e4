"""Razorpay's event types, by what they mean to payments. The log knows them as `razorpay.<type>`.

Source: razorpay.com/docs/webhooks/all.
"""

LINK = (
    "payment_link.paid",
    "payment_link.partially_paid",
    "payment_link.expired",
    "payment_link.cancelled",
)
PAYMENT = ("payment.authorized", "payment.captured", "payment.failed", "order.paid")
REFUND = ("refund.created", "refund.processed", "refund.failed", "refund.speed_changed")
DISPUTE = (
    "payment.dispute.created",
    "payment.dispute.under_review",
    "payment.dispute.action_required",
    "payment.dispute.won",
    "payment.dispute.lost",
    "payment.dispute.closed",
)
HINTS = PAYMENT + REFUND + DISPUTE
MOVING = LINK + HINTS

BILLING = (
    "subscription.authenticated",
    "subscription.activated",
    "subscription.charged",
    "subscription.completed",
    "subscription.updated",
    "subscription.pending",
    "subscription.halted",
    "subscription.cancelled",
    "subscription.paused",
    "subscription.resumed",
    "invoice.paid",
    "invoice.partially_paid",
    "invoice.expired",
)
