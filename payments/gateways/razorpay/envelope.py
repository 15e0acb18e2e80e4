"""A stored event's entities by name: {"payload": {"payment": {"entity": {...}}}} made flat."""

import msgspec

from payments.gateways.interface import GatewayError
from payments.gateways.reading import Raw


def entities_of(body: bytes) -> tuple[dict[str, Raw], str]:
    """(entities by name, account). Raises GatewayError for what is no event of Razorpay's."""
    try:
        event = msgspec.json.decode(body)
        found = {name: dict(part["entity"]) for name, part in event["payload"].items()}
    except (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise GatewayError(f"The event cannot be read: {error!r}", retryable=False) from error
    account = event.get("account_id")
    return found, account if isinstance(account, str) else ""
