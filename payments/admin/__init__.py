from payments.admin.ledger import LedgerAccountAdmin, LedgerTransactionAdmin
from payments.admin.payment import PaymentAdmin
from payments.admin.receipt import LegalEntityAdmin, ReceiptAdmin

__all__ = [
    "LedgerAccountAdmin",
    "LedgerTransactionAdmin",
    "LegalEntityAdmin",
    "PaymentAdmin",
    "ReceiptAdmin",
]
