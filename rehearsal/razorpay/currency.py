"""How Razorpay counts money: smallest units by its own table of exponents.

Source: razorpay.com/docs/payments/international-payments, "Supported Currencies"; that the last
digit of a three-decimal amount must be 0 is said at every `amount` of the API reference.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from rehearsal.razorpay.errors import RazorpayRefusal

HOME = "INR"
"""The account settles in rupees: fees of foreign payments are rupees as well."""


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


ZERO_DECIMAL = _codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF")
THREE_DECIMAL = _codes("BHD IQD JOD KWD OMR TND")
TWO_DECIMAL = _codes(
    """AED ALL AMD AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BZD CAD CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ETB EUR FJD GBP GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD
    KES KGS KHR KYD KZT LAK LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN
    NIO NOK NPR NZD PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SCR SEK SGD SOS SVC SZL THB TRY TTD TWD
    TZS UAH USD UYU UZS XCD YER ZAR ZMW"""
)
LEAST = 100
"""One rupee, one dollar: less is refused in currencies with two digits."""

RUPEES = {"USD": Decimal("84.5"), "EUR": Decimal("91.2"), "JPY": Decimal("0.56")}
OTHER_RUPEES = Decimal("50")
"""Rehearsal's rates: what one unit of a currency is worth when Razorpay settles it."""


def decimals(currency: str) -> int:
    """How many decimals the currency is sent with."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def check_amount(amount: int, currency: str) -> None:
    """Refuses unknown currencies, amounts below the least and digits nobody can pay."""
    if currency not in ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL:
        raise RazorpayRefusal("Currency is not supported", field="currency")
    if amount < (LEAST if currency in TWO_DECIMAL else 1):
        raise RazorpayRefusal(
            f"The amount must be at least {currency} {Decimal(LEAST).scaleb(-2)}", field="amount"
        )
    if currency in THREE_DECIMAL and amount % 10:
        raise RazorpayRefusal("The last digit of the amount must be 0", field="amount")


def in_rupees(amount: int, currency: str) -> int:
    """Paise that the account gets for it."""
    if currency == HOME:
        return amount
    units = Decimal(amount).scaleb(-decimals(currency)) * RUPEES.get(currency, OTHER_RUPEES)
    return int(units.scaleb(2).to_integral_value(rounding=ROUND_HALF_UP))


def readable(minor: int, currency: str) -> str:
    """'1,234.50 INR': for pages."""
    places = decimals(currency)
    return f"{Decimal(minor).scaleb(-places):,.{places}f} {currency}"
