from payments.models.attempt import PaymentAttempt, PaymentEvent
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.payment import Payment

__all__ = [
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
]
