from payments.admin.ledger import LedgerAccountAdmin, LedgerTransactionAdmin
from payments.admin.payment import PaymentAdmin

__all__ = ["LedgerAccountAdmin", "LedgerTransactionAdmin", "PaymentAdmin"]
