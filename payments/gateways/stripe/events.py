"""Stripe's event types, by what they mean to payments."""

SESSION = (
    "stripe.checkout.session.completed",
    "stripe.checkout.session.async_payment_succeeded",
    "stripe.checkout.session.async_payment_failed",
    "stripe.checkout.session.expired",
)
INTENT = ("stripe.payment_intent.succeeded", "stripe.payment_intent.payment_failed")
REFUNDED = ("stripe.charge.refunded",)
DISPUTED = ("stripe.charge.dispute.created",)
MOVING = SESSION + INTENT + REFUNDED + DISPUTED

KEPT = (
    "stripe.customer.created",
    "stripe.customer.subscription.created",
    "stripe.customer.subscription.updated",
    "stripe.customer.subscription.deleted",
    "stripe.invoice.payment_succeeded",
    "stripe.invoice.payment_failed",
)

# The body of these tells enough to go forward; the others are asked about at Stripe.
SAYS_ENOUGH = (
    "stripe.checkout.session.completed",
    "stripe.checkout.session.async_payment_succeeded",
    "stripe.checkout.session.expired",
    "stripe.payment_intent.succeeded",
    "stripe.payment_intent.payment_failed",
    "stripe.charge.refunded",
)
