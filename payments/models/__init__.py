from payments.models.attempt import PaymentAttempt, PaymentEvent
from payments.models.billing_customer import BillingCustomer
from payments.models.dispute import Dispute
from payments.models.invoice import SubscriptionInvoice
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.payment import Payment
from payments.models.plan import GatewayPrice, Plan, PlanPrice
from payments.models.reconciliation import Difference, ReconciliationRun, StatementLine
from payments.models.refund import Refund
from payments.models.subscription import CheckoutSession, Subscription, SubscriptionEvent

__all__ = [
    "BillingCustomer",
    "CheckoutSession",
    "Difference",
    "Dispute",
    "GatewayPrice",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "Plan",
    "PlanPrice",
    "ReconciliationRun",
    "Refund",
    "StatementLine",
    "Subscription",
    "SubscriptionEvent",
    "SubscriptionInvoice",
]
