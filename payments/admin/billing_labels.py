"""Colours of subscriptions, invoices and plans."""

from payments.billing_enums import InvoiceState, PlanState, SubscriptionState

SUBSCRIPTION_LABELS = {
    SubscriptionState.INCOMPLETE: "default",
    SubscriptionState.EXPIRED: "default",
    SubscriptionState.TRIALING: "info",
    SubscriptionState.ACTIVE: "success",
    SubscriptionState.PAST_DUE: "warning",
    SubscriptionState.UNPAID: "danger",
    SubscriptionState.PAUSED: "default",
    SubscriptionState.CANCELLED: "default",
}
INVOICE_LABELS = {
    InvoiceState.DRAFT: "default",
    InvoiceState.OPEN: "warning",
    InvoiceState.UNCOLLECTIBLE: "danger",
    InvoiceState.VOID: "default",
    InvoiceState.PAID: "success",
}
PLAN_LABELS = {PlanState.DRAFT: "info", PlanState.ACTIVE: "success", PlanState.RETIRED: "default"}
