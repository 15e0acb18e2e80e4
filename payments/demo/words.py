"""Which gateway a made-up payer took, what it cost, and what a bank says when it declines."""

import random

from core.errors import Invalid
from core.money import Money
from payments.enums import GatewayName
from payments.gateways.minor_units import to_gateway

# as often as gateways are taken, and what they keep: basis points and a fixed sum in hundredths
SHARES = {GatewayName.STRIPE: 70, GatewayName.RAZORPAY: 18, GatewayName.PAYSTACK: 12}
FEES = {
    GatewayName.STRIPE: (290, 30),
    GatewayName.RAZORPAY: (200, 0),
    GatewayName.PAYSTACK: (290, 0),
}
DECLINED = (
    "Your card was declined.",
    "Your card was declined.",
    "Your card has insufficient funds.",
    "Your card has insufficient funds.",
    "Your card has expired.",
    "The bank asked for a confirmation that was not given.",
    "The page was left without paying.",
)


def gateway_for(amount: Money, chance: random.Random) -> GatewayName:
    """One of the gateways that take this amount, by their shares."""
    able = [name for name in SHARES if _takes(name, amount)]
    return chance.choices(able, [SHARES[name] for name in able])[0]


def fee_of(gateway: str, amount: Money) -> Money:
    """What the gateway keeps of a payment."""
    points, fixed = FEES[GatewayName(gateway)]
    whole = Money.parse("1", amount.currency).minor
    return Money(min(amount.minor, amount.minor * points // 10_000 + fixed * whole // 100),
                 amount.currency)  # fmt: skip


def _takes(gateway: str, amount: Money) -> bool:
    try:
        to_gateway(gateway, amount)
    except Invalid:
        return False
    return True
