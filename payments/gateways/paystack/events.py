"""Paystack's event types, by what they mean. The log knows them as `paystack.<type>`.

`charge.failed` and `refund.reversed` are not in Paystack's own list; others have seen them, so
they are taken when they come, and nothing waits for them.
"""

CHARGED = ("charge.success", "charge.failed")
REFUNDED = (
    "refund.pending",
    "refund.processing",
    "refund.processed",
    "refund.failed",
    "refund.needs-attention",
    "refund.reversed",
)
DISPUTED = ("charge.dispute.create", "charge.dispute.remind", "charge.dispute.resolve")
MOVING = CHARGED + REFUNDED + DISPUTED

SUBSCRIBED = (
    "subscription.create",
    "subscription.not_renew",
    "subscription.disable",
    "subscription.expiring_cards",
)
INVOICED = ("invoice.create", "invoice.update", "invoice.payment_failed")
# The first payment of a plan has no invoice of Paystack's: its charge is all there is of it.
BILLING = ("charge.success", *SUBSCRIBED, *INVOICED)
