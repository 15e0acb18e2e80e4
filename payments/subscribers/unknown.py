"""What a gateway tells us and nobody here reads."""

from core.events import Event, Ignore, subscribe
from payments.enums import GatewayName


@subscribe(*(f"{name}.*" for name in GatewayName.values), queue="bulk")
def keep_unknown_gateway_event(event: Event) -> None:
    """Keep it and count it: it may be wanted later, and a new type should not go unnoticed."""
    raise Ignore(f"{event.type} is not handled; kept.")
