"""What each gateway calls the smallest unit of each currency. An unlisted pair is refused.

Not a property of the currency: Stripe takes krona of Iceland in hundredths that must be whole,
and whole ariary where ISO has hundredths. Source: docs.stripe.com/currencies, "Zero-decimal",
"Three-decimal" and "Special cases"; razorpay.com/docs/payments/international-payments, "Supported
Currencies", and `amount` in its API reference: the last of three decimals is 0 (November 2026).
"""

from dataclasses import dataclass

from core.errors import Invalid
from core.money import Money, exponent

# Stripe's page names the shilling of Uganda both zero-decimal and sent in hundredths: it stays
# unlisted until a test transaction has shown which.
_STRIPE_ZERO = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_STRIPE_THREE = "BHD JOD KWD OMR TND"  # the last digit must be 0
_STRIPE_WHOLE_HUNDREDS = "ISK"
_STRIPE_TWO = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF
    CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF
    IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK
    MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK
    SGD SHP SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW
"""


@dataclass(frozen=True, slots=True)
class SmallestUnit:
    """`digits` after the point in the gateway's number, which must be a multiple of `step`."""

    digits: int
    step: int = 1


_STRIPE = (
    {code: SmallestUnit(2) for code in _STRIPE_TWO.split()}
    | {code: SmallestUnit(0) for code in _STRIPE_ZERO.split()}
    | {code: SmallestUnit(3, step=10) for code in _STRIPE_THREE.split()}
    | {code: SmallestUnit(2, step=100) for code in _STRIPE_WHOLE_HUNDREDS.split()}
)

_RAZORPAY_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_RAZORPAY_THREE = "BHD IQD JOD KWD OMR TND"  # the last digit must be 0
_RAZORPAY_TWO = """
    AED ALL AMD AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BZD CAD CHF CNY COP CRC CUP CVE
    CZK DKK DOP DZD EGP ETB EUR FJD GBP GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS
    KHR KYD KZT LAK LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
    NPR NZD PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SCR SEK SGD SOS SZL THB TRY TTD TWD TZS UAH USD
    UYU UZS XCD YER ZAR ZMW
"""
_RAZORPAY = (
    {code: SmallestUnit(2) for code in _RAZORPAY_TWO.split()}
    | {code: SmallestUnit(0) for code in _RAZORPAY_ZERO.split()}
    | {code: SmallestUnit(3, step=10) for code in _RAZORPAY_THREE.split()}
)
# Paystack sends hundredths of everything, also where there are none: 1 XOF is 100.
_PAYSTACK = {
    code: SmallestUnit(2) for code in ["EGP", "GHS", "KES", "NGN", "RWF", "USD", "XOF", "ZAR"]
}
TABLE: dict[str, dict[str, SmallestUnit]] = {
    "stripe": _STRIPE,
    "razorpay": _RAZORPAY,
    "paystack": _PAYSTACK,
}
MOST: dict[str, int] = {  # in the gateway's units
    "stripe": 99_999_999,  # eight digits
    "razorpay": 4_294_967_295,  # it publishes none, accounts have their own
    "paystack": 1_000_000_000,  # ten million of every currency
}


def check_pair(gateway: str, currency: str) -> SmallestUnit:
    """How `gateway` counts `currency`. Raises Invalid for a pair that is not in the table."""
    unit = TABLE.get(gateway, {}).get(currency)
    if unit is None:
        raise Invalid(
            f"{currency} cannot be paid through {gateway}.",
            details={"currency": [f"{currency} is not offered by {gateway}."]},
        )
    return unit


def to_gateway(gateway: str, amount: Money) -> int:
    """The number to send. Raises Invalid when the gateway cannot express the amount exactly."""
    unit = check_pair(gateway, amount.currency)
    shift = unit.digits - exponent(amount.currency)
    number, rest = (amount.minor * 10**shift, 0) if shift >= 0 else divmod(amount.minor, 10**-shift)
    if rest or number % unit.step:
        raise Invalid(
            f"{gateway} cannot take {amount}: it has digits the gateway does not know.",
            details={"amount": [f"{gateway} cannot express {amount}."]},
        )
    if number > MOST[gateway]:
        raise Invalid(
            f"{amount} is more than {gateway} takes at once.",
            details={"amount": [f"More than {gateway} takes at once."]},
        )
    return number


def from_gateway(gateway: str, number: int, currency: str) -> Money:
    """Our amount for the gateway's number; `currency` in any case of letters.

    Raises Invalid for an unlisted pair and for a number that is no amount of that currency.
    """
    code = currency.upper()
    unit = check_pair(gateway, code)
    shift = exponent(code) - unit.digits
    minor, rest = (number * 10**shift, 0) if shift >= 0 else divmod(number, 10**-shift)
    if rest:
        raise Invalid(f"{number} is not an amount of {code} at {gateway}.")
    return Money(minor, code)
