from payments.models.attempt import PaymentAttempt, PaymentEvent
from payments.models.dispute import Dispute
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.payment import Payment
from payments.models.reconciliation import (
    Difference,
    DifferenceKind,
    DifferenceState,
    LineKind,
    ReconciliationRun,
    StatementLine,
)
from payments.models.refund import Refund

__all__ = [
    "Difference",
    "DifferenceKind",
    "DifferenceState",
    "Dispute",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "LineKind",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "ReconciliationRun",
    "Refund",
    "StatementLine",
]
