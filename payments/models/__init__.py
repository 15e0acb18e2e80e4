from payments.models.attempt import PaymentAttempt, PaymentEvent
from payments.models.billing_customer import BillingCustomer
from payments.models.commission import Commission, CommissionRule
from payments.models.dispute import Dispute
from payments.models.invoice import SubscriptionInvoice
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.legal_entity import LegalEntity
from payments.models.payment import Payment
from payments.models.payout import Payout, PayoutItem, PayoutRun
from payments.models.plan import GatewayPrice, Plan, PlanPrice
from payments.models.receipt import Receipt, ReceiptCounter
from payments.models.reconciliation import (
    Difference,
    DifferenceKind,
    DifferenceState,
    LineKind,
    ReconciliationRun,
    StatementLine,
)
from payments.models.referral import Referral, ReferralCode
from payments.models.refund import Refund
from payments.models.sale import Due, Payee, Sale, SalePart, SaleReturn
from payments.models.subscription import CheckoutSession, Subscription, SubscriptionEvent

__all__ = [
    "BillingCustomer",
    "CheckoutSession",
    "Commission",
    "CommissionRule",
    "Difference",
    "DifferenceKind",
    "DifferenceState",
    "Dispute",
    "Due",
    "GatewayPrice",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "LegalEntity",
    "LineKind",
    "Payee",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "Payout",
    "PayoutItem",
    "PayoutRun",
    "Plan",
    "PlanPrice",
    "Receipt",
    "ReceiptCounter",
    "ReconciliationRun",
    "Referral",
    "ReferralCode",
    "Refund",
    "Sale",
    "SalePart",
    "SaleReturn",
    "StatementLine",
    "Subscription",
    "SubscriptionEvent",
    "SubscriptionInvoice",
]
