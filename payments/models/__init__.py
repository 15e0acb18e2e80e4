from payments.models.attempt import PaymentAttempt, PaymentEvent
from payments.models.dispute import Dispute
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.payment import Payment
from payments.models.refund import Refund

__all__ = [
    "Dispute",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "Refund",
]
