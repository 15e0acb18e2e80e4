from payments.admin.difference import DifferenceAdmin
from payments.admin.dispute import DisputeAdmin
from payments.admin.ledger import LedgerAccountAdmin, LedgerTransactionAdmin
from payments.admin.payment import PaymentAdmin
from payments.admin.plan import PlanAdmin
from payments.admin.receipt import LegalEntityAdmin, ReceiptAdmin
from payments.admin.reconciliation import ReconciliationRunAdmin
from payments.admin.refund import RefundAdmin
from payments.admin.subscription import SubscriptionAdmin

__all__ = [
    "DifferenceAdmin",
    "DisputeAdmin",
    "LedgerAccountAdmin",
    "LedgerTransactionAdmin",
    "LegalEntityAdmin",
    "PaymentAdmin",
    "PlanAdmin",
    "ReceiptAdmin",
    "ReconciliationRunAdmin",
    "RefundAdmin",
    "SubscriptionAdmin",
]
