"""Which gateways can be asked."""

from payments.enums import GatewayName
from payments.gateways.interface import Gateway, GatewayError
from payments.gateways.registry import gateway as gateway_named


def set_up(name: str) -> Gateway | None:
    """The gateway, or None where we have no key for it."""
    try:
        return gateway_named(name)
    except GatewayError:
        return None


def all_set_up() -> dict[str, Gateway]:
    """Every gateway we have a key for."""
    found = {name: set_up(name) for name in GatewayName.values}
    return {name: there for name, there in found.items() if there is not None}
