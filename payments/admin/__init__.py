from payments.admin.difference import DifferenceAdmin
from payments.admin.dispute import DisputeAdmin
from payments.admin.ledger import LedgerAccountAdmin, LedgerTransactionAdmin
from payments.admin.payment import PaymentAdmin
from payments.admin.receipt import LegalEntityAdmin, ReceiptAdmin
from payments.admin.reconciliation import ReconciliationRunAdmin
from payments.admin.refund import RefundAdmin

__all__ = [
    "DifferenceAdmin",
    "DisputeAdmin",
    "LedgerAccountAdmin",
    "LedgerTransactionAdmin",
    "LegalEntityAdmin",
    "PaymentAdmin",
    "ReceiptAdmin",
    "ReconciliationRunAdmin",
    "RefundAdmin",
]
