"""Stripe's event types, by what they mean to us. The log knows them as `stripe.<type>`."""

SESSION = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
INTENT = ("payment_intent.succeeded", "payment_intent.payment_failed")
REFUNDED = ("charge.refunded",)
REFUND = ("refund.created", "refund.updated", "refund.failed")
DISPUTED = (
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
MOVING = SESSION + INTENT + REFUNDED + REFUND + DISPUTED

BILLING = (
    "customer.created",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
    "invoice.voided",
    "invoice.marked_uncollectible",
)

# The body of these tells enough to go forward; the others are asked about at Stripe.
SAYS_ENOUGH = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.refunded",
)
