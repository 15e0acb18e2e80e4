"""How Stripe counts money: smallest units, with its own exceptions.

Source: docs.stripe.com/currencies, "zero-decimal", "three-decimal" and "special cases".
"""

from __future__ import annotations

from decimal import Decimal

from rehearsal.stripe.errors import StripeRefusal


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


ZERO_DECIMAL = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL = _codes("bhd jod kwd omr tnd")
WHOLE_UNITS_ONLY = frozenset(("isk", "ugx"))
"""Sent with two decimals, but the decimals must be 00."""

TWO_DECIMAL = _codes(
    """aed afn all amd ang aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp byn bzd cad cdf
    chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf
    idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk
    mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd
    shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs wst xcd yer zar
    zmw"""
)

MAX_MINOR = 99_999_999
MIN_MINOR = {
    "usd": 50,
    "eur": 50,
    "gbp": 30,
    "jpy": 50,
    "chf": 50,
    "inr": 50,
    "hkd": 400,
    "sek": 300,
    "nok": 300,
    "dkk": 250,
    "pln": 200,
    "mxn": 1000,
    "huf": 17500,
    "sgd": 50,
    "cad": 50,
    "aud": 50,
    "nzd": 50,
    "aed": 200,
    "brl": 50,
    "thb": 1000,
}
"""Least chargeable amounts per settlement currency, where Stripe publishes one."""


def decimals(currency: str) -> int:
    """How many decimals the currency is sent with."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def step_of(currency: str) -> int:
    """Amounts are multiples of this many smallest units."""
    return 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_UNITS_ONLY else 1


def check_currency(currency: str, param: str) -> str:
    """The code in lower case; refuses what Stripe does not know."""
    code = currency.lower()
    if code not in ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL:
        raise StripeRefusal(
            f"Invalid currency: {code}. Stripe currently supports these currencies: "
            + ", ".join(sorted(ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL)),
            param=param,
        )
    return code


def check_unit_amount(amount: int, currency: str, param: str) -> int:
    """Refuses negative amounts, too large ones and ones the currency cannot express."""
    if amount < 0:
        raise StripeRefusal(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=param
        )
    if amount > MAX_MINOR:
        raise StripeRefusal(
            f"Amount must be no more than {readable(MAX_MINOR, currency)}",
            code="amount_too_large",
            param=param,
        )
    step = step_of(currency)
    if amount % step:
        raise StripeRefusal(
            f"Invalid amount: amounts in {currency.upper()} must be divisible by {step}.",
            code="parameter_invalid_integer",
            param=param,
        )
    return amount


def check_total(total: int, currency: str) -> None:
    """Refuses totals below or above what Stripe charges."""
    if total > MAX_MINOR:
        raise StripeRefusal(
            f"The Checkout Session's total amount due must be no more than "
            f"{readable(MAX_MINOR, currency)}",
            code="amount_too_large",
        )
    if 0 < total < MIN_MINOR.get(currency, 1):
        raise StripeRefusal(
            "The Checkout Session's total amount due must add up to at least "
            f"{readable(MIN_MINOR[currency], currency)}",
            code="amount_too_small",
        )


def readable(minor: int, currency: str) -> str:
    """'1,234.50 EUR': for pages and messages."""
    places = decimals(currency)
    return f"{Decimal(minor).scaleb(-places):,.{places}f} {currency.upper()}"
