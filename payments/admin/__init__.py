from payments.admin.commission import CommissionAdmin
from payments.admin.difference import DifferenceAdmin
from payments.admin.dispute import DisputeAdmin
from payments.admin.ledger import LedgerAccountAdmin, LedgerTransactionAdmin
from payments.admin.payment import PaymentAdmin
from payments.admin.payout import PayeeAdmin, PayoutAdmin
from payments.admin.plan import PlanAdmin
from payments.admin.receipt import LegalEntityAdmin, ReceiptAdmin
from payments.admin.reconciliation import ReconciliationRunAdmin
from payments.admin.referral import CommissionRuleAdmin, ReferralAdmin, ReferralCodeAdmin
from payments.admin.refund import RefundAdmin
from payments.admin.subscription import SubscriptionAdmin

__all__ = [
    "CommissionAdmin",
    "CommissionRuleAdmin",
    "DifferenceAdmin",
    "DisputeAdmin",
    "LedgerAccountAdmin",
    "LedgerTransactionAdmin",
    "LegalEntityAdmin",
    "PayeeAdmin",
    "PaymentAdmin",
    "PayoutAdmin",
    "PlanAdmin",
    "ReceiptAdmin",
    "ReconciliationRunAdmin",
    "ReferralAdmin",
    "ReferralCodeAdmin",
    "RefundAdmin",
    "SubscriptionAdmin",
]
