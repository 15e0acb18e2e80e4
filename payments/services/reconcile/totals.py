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

# Names first, then one look by names: the planner knows nothing yet of lines that were written a
# moment ago, and would walk all attempts for each of them.
LINES = """
SELECT payment_ref, currency, amount_minor, fee_currency, fee_minor
FROM payments_statementline WHERE id = ANY (%(lines)s)
"""
# Attempts and invoices are booked under their own ids (books/booking.py, billing/invoice_money.py).
OURS = """
SELECT gateway_payment_ref, id::text, state = 'captured' FROM payments_paymentattempt
WHERE gateway = %(gateway)s AND gateway_payment_ref = ANY (%(refs)s)
UNION ALL
SELECT payment_ref, id::text, paid_minor > 0 FROM payments_subscriptioninvoice
WHERE gateway = %(gateway)s AND payment_ref = ANY (%(refs)s)
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
        _add_theirs(theirs, known)
        for sums, sql in ((booked, BOOKED), (told, EXPLAINED)):
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


def _add_theirs(sums: Counter[Key], known: dict[str, Any]) -> None:
    """What the lines come to, and under which names the books hold the same money.

    Fees of money that is not in our books are not in them either; where the list tells no fee,
    the booked one has nothing to be compared with.
    """
    lines = _ask(LINES, known)
    known["refs"] = [ref for ref, *_ in lines if ref]
    ours: dict[str, list[tuple[str, bool]]] = {}
    for ref, source, is_paid in _ask(OURS, known):
        ours.setdefault(ref, []).append((source, is_paid))
    known["sources"], known["with_fee"] = [], []
    for ref, currency, amount, fee_currency, fee in lines:
        sums["captured", currency] += amount
        for source, is_paid in ours.get(ref, []):
            known["sources"].append(source)
            if fee is not None:
                known["with_fee"].append(source)
                if is_paid:
                    sums["fees", fee_currency] += fee


def _add(sums: Counter[Key], sql: str, known: dict[str, Any]) -> None:
    for what, currency, total in _ask(sql, known):
        sums[what, currency] += total


def _ask(sql: str, known: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return list(cursor.fetchall())
