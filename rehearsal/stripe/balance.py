"""The gateway's account: every movement is a line, in the currency the gateway pays out."""

from __future__ import annotations

import time
from decimal import ROUND_HALF_UP, Decimal

from rehearsal.stripe.behaviour import settlement_of
from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.currency import step_of

FEE_SHARE = Decimal("0.029")
FEE_FIXED_MINOR = 30
DISPUTE_FEE_MINOR = 1500
AVAILABLE_AFTER = 2 * 24 * 3600  # seconds until money is paid out

TYPES = {"dispute": "adjustment", "dispute_reversal": "adjustment"}
"""A line's type, where it is not its reporting category."""


def fee_of(amount: int, currency: str = "eur") -> int:
    """Stripe's fee in smallest units: 2.9 % (half up) and 30, in what the currency can express."""
    share = (FEE_SHARE * amount).to_integral_value(rounding=ROUND_HALF_UP)
    whole = step_of(currency)
    return -(-(int(share) + FEE_FIXED_MINOR) // whole) * whole


def balance_line(book: Book, source: StripeObject, *, kind: str, amount: int) -> StripeObject:
    """The line of a charge, refund, refund_failure, dispute or dispute_reversal, not saved yet.

    `amount` is in the source's currency. Charges and disputes cost a fee, which is never given
    back.
    """
    currency, rate = settlement_of(book, source["currency"])
    settled = amount if rate is None else _converted(amount, rate)
    fee = {"charge": fee_of(settled, currency), "dispute": DISPUTE_FEE_MINOR}.get(kind, 0)
    return blank(
        "balance_transaction",
        amount=settled,
        currency=currency,
        exchange_rate=None if rate is None else float(rate),
        fee=fee,
        fee_details=[_fee_detail(fee, currency, kind)] if fee else [],
        net=settled - fee,
        source=source["id"],
        type=TYPES.get(kind, kind),
        reporting_category=kind,
        available_on=int(time.time()) + AVAILABLE_AFTER,
    )


def _converted(amount: int, rate: Decimal) -> int:
    return int((amount * rate).to_integral_value(rounding=ROUND_HALF_UP))


def _fee_detail(fee: int, currency: str, kind: str) -> dict[str, object]:
    return {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Dispute fee" if kind == "dispute" else "Stripe processing fees",
        "type": "stripe_fee",
    }
