"""Which gateways a payer may choose from, and why not the others."""

from dataclasses import dataclass

from core.errors import Invalid
from core.money import Money
from core.outbound import resting
from payments.enums import GatewayName
from payments.gateways.minor_units import check_pair, to_gateway
from payments.gateways.registry import is_configured

# the call that opens a gateway's page, as its breaker is named
STARTING: dict[str, tuple[str, str]] = {
    GatewayName.STRIPE: ("stripe", "POST checkout"),
    GatewayName.RAZORPAY: ("razorpay", "POST payment_links"),
    GatewayName.PAYSTACK: ("paystack", "POST transaction"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One gateway for one currency; `reason` says why it is not available."""

    gateway: str
    name: str
    available: bool
    reason: str = ""


def offers(*, currency: str, amount: Money | None = None) -> list[Offer]:
    """All gateways in the order of preference, those that can take it now first.

    Nobody is called: a gateway that stopped answering is known by its breaker.
    """
    found = [_offer(name, currency, amount) for name in GatewayName]
    return sorted(found, key=lambda offer: not offer.available)


def takers(amount: Money) -> list[str]:
    """Gateways set up here that can take the amount, in the order of preference, whether or not
    they answer just now."""
    return [name.value for name in GatewayName if not _never(name, amount.currency, amount)]


def _offer(name: GatewayName, currency: str, amount: Money | None) -> Offer:
    reason = _objection(name, currency, amount)
    return Offer(name.value, name.label, not reason, reason)


def _objection(name: GatewayName, currency: str, amount: Money | None) -> str:
    never = _never(name, currency, amount)
    if never or not resting(*STARTING[name]):
        return never
    return f"{name.label} does not answer at the moment."


def _never(name: GatewayName, currency: str, amount: Money | None) -> str:
    """Why a gateway cannot take it at any time."""
    if not is_configured(name):
        return f"{name.label} is not set up here."
    try:
        if amount is None:
            check_pair(name, currency)
        else:
            to_gateway(name, amount)
    except Invalid as refusal:
        return refusal.message
    return ""
