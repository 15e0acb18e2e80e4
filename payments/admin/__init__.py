from payments.admin.difference import DifferenceAdmin
from payments.admin.ledger import LedgerAccountAdmin, LedgerTransactionAdmin
from payments.admin.payment import PaymentAdmin
from payments.admin.receipt import LegalEntityAdmin, ReceiptAdmin
from payments.admin.reconciliation import ReconciliationRunAdmin

__all__ = [
    "DifferenceAdmin",
    "LedgerAccountAdmin",
    "LedgerTransactionAdmin",
    "LegalEntityAdmin",
    "PaymentAdmin",
    "ReceiptAdmin",
    "ReconciliationRunAdmin",
]
