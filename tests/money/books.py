"""What the machine reads in the books and documents, and how it would spoil them."""

from collections import Counter
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from payments.enums import PaymentStatus, ReceiptKind
from payments.gateways.interface import RefundSeen
from payments.models import Payment, Receipt, Refund
from payments.services.books.balances import balances

LEADS_TO = {
    RefundSeen.PENDING: (RefundSeen.SUCCEEDED, RefundSeen.FAILED, RefundSeen.NEEDS_ATTENTION),
    RefundSeen.NEEDS_ATTENTION: (RefundSeen.SUCCEEDED, RefundSeen.FAILED, RefundSeen.PENDING),
    RefundSeen.SUCCEEDED: (RefundSeen.FAILED,),
}
PAID = [
    PaymentStatus.SUCCESS, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED,
    PaymentStatus.DISPUTED,
]  # fmt: skip

TAMPERING = [
    "INSERT INTO payments_ledgerentry (transaction_id, account_id, amount_minor, currency) "
    "SELECT %(booked)s, min(id), %(minor)s, %(code)s FROM payments_ledgeraccount",
    "UPDATE payments_ledgerentry SET amount_minor = %(minor)s WHERE transaction_id = %(booked)s",
    "DELETE FROM payments_ledgerentry WHERE transaction_id = %(booked)s",
    "INSERT INTO payments_ledgertransaction (kind, source) VALUES ('made up', %(code)s)",
]
UNBALANCED = """
SELECT t.kind, t.source, e.currency, sum(e.amount_minor), count(*)
FROM payments_ledgertransaction t JOIN payments_ledgerentry e ON e.transaction_id = t.id
GROUP BY 1, 2, 3 HAVING sum(e.amount_minor) <> 0
"""
SINGLE = """
SELECT t.kind, t.source FROM payments_ledgertransaction t
LEFT JOIN payments_ledgerentry e ON e.transaction_id = t.id GROUP BY t.id HAVING count(e.id) < 2
"""


def write_raw(statement: str, **values: Any) -> None:
    """With the checks that would be made at commit; undone when they refuse it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def fields_of(seen: Any) -> dict[str, Any]:
    return {name: getattr(seen, name) for name in type(seen).__slots__}


def balance(code: str) -> dict[str, int]:
    return {one.amount.currency: one.amount.minor for one in balances(codes=[code]) if one.amount}


def sums(rows: Any) -> list[tuple[str, int]]:
    found = rows.values("currency").annotate(sum=Sum("amount_minor")).order_by("currency")
    return [(row["currency"], int(row["sum"])) for row in found]


def a_minute_passes() -> None:
    """A minute has passed since anybody last asked a gateway about a refund."""
    Refund.objects.filter(state="submitted").update(asked_at=None)


def documented(payment: Payment) -> int:
    """What the receipts of a payment say it has paid: receipt, less notes that still count."""
    sums = Counter(
        dict(
            Receipt.objects.filter(payment=payment).values_list("kind").annotate(Sum("total_minor"))
        )
    )
    notes = sums[ReceiptKind.CREDIT_NOTE] - sums[ReceiptKind.CANCELLATION]
    return sums[ReceiptKind.RECEIPT] - notes
