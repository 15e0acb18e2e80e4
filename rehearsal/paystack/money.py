"""How Paystack counts: hundredths of everything, and what it keeps.

Currencies: paystack.com/docs/api ("Supported currency"). The fees are like the published ones of
each country, simple enough to be checked by hand.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from rehearsal.paystack.errors import PaystackRefusal

CURRENCIES = frozenset(["NGN", "GHS", "ZAR", "KES", "USD", "XOF", "EGP", "RWF"])
WHOLE = frozenset(("XOF", "RWF"))
MOST = 1_000_000_000  # "Transaction amount limit exceeded": 10,000,000 in every currency
NAIRA_SHARE, OTHER_SHARE = Decimal("0.015"), Decimal("0.029")
NAIRA_FIXED, NAIRA_FIXED_FROM, NAIRA_MOST = 10_000, 250_000, 200_000


def checked_amount(amount: object, currency: object) -> tuple[int, str]:
    """(hundredths, code); refuses what Paystack refuses. Amounts may come as text."""
    if isinstance(amount, str) and amount.isascii() and amount.isdecimal():
        amount = int(amount)
    if type(amount) is not int:
        raise PaystackRefusal("Amount must be an integer", code="invalid_params")
    if amount <= 0:
        raise PaystackRefusal("You must specify a valid amount", code="invalid_params")
    if amount > MOST:
        raise PaystackRefusal("Transaction amount limit exceeded", code="invalid_params")
    if currency not in CURRENCIES:
        raise PaystackRefusal("Currency not supported by merchant", code="unsupported_currency")
    return amount, str(currency)


def fee_of(amount: int, currency: str) -> int:
    """NGN: 1.5 %, and 100 naira from 2500 naira on, never more than 2000; others: 2.9 %.

    Francs have no hundredths: their fees are whole.
    """
    share = NAIRA_SHARE if currency == "NGN" else OTHER_SHARE
    fee = int((share * amount).to_integral_value(rounding=ROUND_HALF_UP))
    if currency in WHOLE:
        return -(-fee // 100) * 100
    if currency != "NGN":
        return fee
    return min(fee + (NAIRA_FIXED if amount >= NAIRA_FIXED_FROM else 0), NAIRA_MOST)


def readable(amount: int, currency: str) -> str:
    """'1,234.50 NGN': for pages."""
    return f"{Decimal(amount).scaleb(-2):,.2f} {currency}"
