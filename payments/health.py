"""Do the gateways answer us? Asked rarely: anybody may open /health/, and each look is a call."""

import time

from django.conf import settings

from core.health.probes import Reading, Status, probe
from payments.gateways.interface import GatewayError
from payments.gateways.registry import gateway

ASKED_AGAIN_AFTER = 30.0  # seconds, per process

_seen: dict[str, tuple[float, Reading | None]] = {}


@probe("stripe")
def stripe() -> Reading | None:
    """One small read with our key. Without Stripe orders are still taken, and paid later."""
    return _seen_of("stripe", settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@probe("razorpay")
def razorpay() -> Reading | None:
    """The same of Razorpay."""
    return _seen_of("razorpay", settings.RAZORPAY_KEY_ID, settings.RAZORPAY_API_BASE)


@probe("paystack")
def paystack() -> Reading | None:
    """The same of Paystack, with the newest key."""
    keys = settings.PAYSTACK_SECRET_KEYS
    return _seen_of("paystack", keys[0] if keys else "", settings.PAYSTACK_API_BASE)


def _seen_of(name: str, key: str, api_base: str) -> Reading | None:
    """What was seen lately, or is seen now."""
    if not key:
        return Reading(Status.OFF, detail="no key is configured")
    account = f"{name} {api_base} {key}"
    at, reading = _seen.get(account, (0.0, None))
    if time.monotonic() - at > ASKED_AGAIN_AFTER or at == 0.0:
        reading = _asked(name)
        _seen[account] = (time.monotonic(), reading)
    return reading


def _asked(name: str) -> Reading | None:
    try:
        gateway(name).check()
    except GatewayError as error:
        return Reading(Status.DEGRADED, detail=error.message)
    return None
