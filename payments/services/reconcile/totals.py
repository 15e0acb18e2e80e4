"""Whole sums: what the gateway's list comes to, and what the books say it holds for the same money.

Lines are compared with attempts one by one; this compares their sum with the ledger, which is
written elsewhere. What the differences do not explain was overlooked by one of the two.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import connection

from core.money import Money
from payments.models import LineKind, ReconciliationRun, StatementLine

Key = tuple[str, str]  # (figure, currency)

# Fees of money that is not in our books are not in them either.
THEIRS = """
SELECT 'captured', currency, sum(amount_minor)::bigint FROM payments_statementline
WHERE id = ANY (%(lines)s) GROUP BY currency
UNION ALL
SELECT 'fees', line.fee_currency, sum(line.fee_minor)::bigint
FROM payments_statementline line
JOIN payments_paymentattempt attempt
  ON attempt.gateway = %(gateway)s AND attempt.gateway_payment_ref = line.payment_ref
 AND attempt.state = 'captured'
WHERE line.id = ANY (%(lines)s) AND line.fee_minor IS NOT NULL
GROUP BY line.fee_currency
UNION ALL
SELECT 'fees', line.fee_currency, sum(line.fee_minor)::bigint
FROM payments_statementline line
JOIN payments_subscriptioninvoice invoice
  ON invoice.gateway = %(gateway)s AND invoice.payment_ref = line.payment_ref
 AND invoice.paid_minor > 0
WHERE line.id = ANY (%(lines)s) AND line.fee_minor IS NOT NULL
GROUP BY line.fee_currency
"""
# Attempts and invoices are booked under their own ids (services/booking.py, invoice_money.py);
# where the list tells no fee, the booked one has nothing to be compared with.
SOURCES = """
SELECT attempt.id::text, line.fee_minor IS NOT NULL
FROM payments_statementline line
JOIN payments_paymentattempt attempt
  ON attempt.gateway = %(gateway)s AND attempt.gateway_payment_ref = line.payment_ref
WHERE line.id = ANY (%(lines)s)
UNION ALL
SELECT invoice.id::text, line.fee_minor IS NOT NULL
FROM payments_statementline line
JOIN payments_subscriptioninvoice invoice
  ON invoice.gateway = %(gateway)s AND invoice.payment_ref = line.payment_ref
WHERE line.id = ANY (%(lines)s)
"""
# "+ 0": by transaction, never through the account, which all entries of a gateway share
BOOKED = """
SELECT CASE WHEN t.kind IN ('gateway_fee', 'invoice_fee') THEN 'fees' ELSE 'captured' END,
       e.currency,
       sum(CASE WHEN t.kind IN ('gateway_fee', 'invoice_fee')
                THEN -e.amount_minor ELSE e.amount_minor END)::bigint
FROM payments_ledgertransaction t
JOIN payments_ledgerentry e ON e.transaction_id = t.id
WHERE (t.kind = ANY (ARRAY['payment', 'overpayment', 'invoice_payment'])
       AND t.source = ANY (%(sources)s)
    OR t.kind = ANY (ARRAY['gateway_fee', 'invoice_fee']) AND t.source = ANY (%(with_fee)s))
  AND e.account_id + 0 = (SELECT id FROM payments_ledgeraccount WHERE code = %(account)s)
GROUP BY 1, 2
"""
EXPLAINED = """
SELECT CASE d.kind WHEN 'fee' THEN 'fees' ELSE 'captured' END, d.currency,
       sum(d.unexplained_minor)::bigint
FROM payments_difference d
JOIN payments_statementline line ON line.id = ANY (%(lines)s) AND line.ref = d.ref
WHERE d.gateway = %(gateway)s AND d.last_run_id = %(run)s
  AND d.state IN ('open', 'explained', 'written_off')
  AND d.kind IN ('missing_here', 'amount', 'currency', 'state', 'fee')
GROUP BY 1, 2
"""


PAGE = 500


def totals_of(run: ReconciliationRun) -> list[dict[str, Any]]:
    """Per figure and currency theirs, booked, what differences say, and what is left over.

    `left` is zero when everything was found. JSON, amounts as text. Lines are taken by pages: the
    planner knows nothing yet of a table that was filled a moment ago.
    """
    theirs, booked, told = Counter[Key](), Counter[Key](), Counter[Key]()
    for lines in _pages(run):
        known: dict[str, Any] = {
            "lines": lines,
            "run": run.pk,
            "gateway": run.gateway,
            "account": f"gateway:{run.gateway}",
        }
        named = _ask(SOURCES, known)
        known["sources"] = [source for source, _ in named]
        known["with_fee"] = [source for source, has_fee in named if has_fee]
        for sums, sql in ((theirs, THEIRS), (booked, BOOKED), (told, EXPLAINED)):
            _add(sums, sql, known)
    return [
        _row(key, theirs[key], booked[key], told[key]) for key in sorted({*theirs, *booked, *told})
    ]


def _row(key: Key, theirs: int, booked: int, told: int) -> dict[str, Any]:
    what, currency = key
    left = theirs - booked - told
    amounts = {"theirs": theirs, "booked": booked, "differences": told, "left": left}
    shown = {name: str(Money(minor, currency)) for name, minor in amounts.items()}
    return {"what": what, "currency": currency, "agrees": left == 0} | shown


def _pages(run: ReconciliationRun) -> Iterator[list[int]]:
    after = 0
    rows = StatementLine.objects.filter(run=run, kind=LineKind.PAYMENT).order_by("pk")
    while page := list(rows.filter(pk__gt=after).values_list("pk", flat=True)[:PAGE]):
        yield page
        after = page[-1]


def _add(sums: Counter[Key], sql: str, known: dict[str, Any]) -> None:
    for what, currency, total in _ask(sql, known):
        sums[what, currency] += total


def _ask(sql: str, known: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return list(cursor.fetchall())
