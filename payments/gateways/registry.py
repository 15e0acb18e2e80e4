"""Which gateways there are, made once a process."""

from functools import lru_cache

from core.errors import Invalid
from payments.enums import GatewayName
from payments.gateways.interface import Gateway


@lru_cache(maxsize=8)
def gateway(name: str) -> Gateway:
    """The adapter called `name`. Raises Invalid for one we do not have."""
    if name == GatewayName.STRIPE:
        from payments.gateways.stripe.adapter import StripeGateway

        return StripeGateway.from_settings()
    raise Invalid(
        f"There is no gateway called {name!r}.",
        details={"gateway": [f"Choose one of: {', '.join(GatewayName.values)}."]},
    )
