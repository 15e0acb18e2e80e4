"""Does the gateway answer us? Asked rarely: anybody may open /health/, and each look is a call."""

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
    if not settings.STRIPE_SECRET_KEY:
        return Reading(Status.OFF, detail="no key is configured")
    account = f"{settings.STRIPE_API_BASE} {settings.STRIPE_SECRET_KEY}"
    at, reading = _seen.get(account, (0.0, None))
    if time.monotonic() - at > ASKED_AGAIN_AFTER or at == 0.0:
        reading = _asked()
        _seen[account] = (time.monotonic(), reading)
    return reading


def _asked() -> Reading | None:
    try:
        gateway("stripe").check()
    except GatewayError as error:
        return Reading(Status.DEGRADED, detail=error.message)
    return None
