"""The file a bank takes: one line per payout. Nothing in it is read as a formula."""

import csv
from collections.abc import Iterable
from io import StringIO

from payments.models import Payout

HEADERS = ["reference", "name", "account", "amount", "currency"]
# A spreadsheet calculates what begins so (OWASP: CSV injection); full-width forms included.
FORMULAS = tuple("=+-@\t\r\n\0＝＋－＠")


def bank_file(payouts: Iterable[Payout]) -> str:
    """RFC 4180, with a header. Amounts are plain digits with a point."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    for payout in payouts:
        account = payout.payee.bank_account.reveal() if payout.payee.bank_account else ""
        row = [payout.reference, payout.payee.name, account]
        amount = payout.amount
        writer.writerow([*map(harmless, row), f"{amount.decimal:f}", amount.currency])
    return out.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and does not calculate."""
    return f"'{text}" if text.startswith(FORMULAS) else text
