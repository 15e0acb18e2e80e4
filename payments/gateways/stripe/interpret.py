"""What a stored Stripe event says.

A snapshot of what we need is taken at its word: Stripe signed it, and settling only goes forward.
Everything else (thin events, disputes, failures of slow methods, fields that moved in another API
version) is looked up at Stripe first.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from payments.gateways.interface import GatewayPayment, News, NotAtGateway, NotOurs
from payments.gateways.stripe.disputes import read_dispute
from payments.gateways.stripe.events import DISPUTED, SAYS_ENOUGH
from payments.gateways.stripe.reading import Unreadable, read

if TYPE_CHECKING:
    from payments.gateways.stripe.adapter import StripeGateway

Raw = dict[str, Any]


def interpret(there: "StripeGateway", *, kind: str, body: bytes) -> list[News]:
    """See Gateway.interpret."""
    about = _about(body)
    seen = _seen(there, kind, about)
    if not seen.reference:
        raise NotOurs(f"{about.get('id')} was not started by Tradewind.")
    if kind in DISPUTED:
        return [seen, read_dispute(about, seen)]
    return [seen]


def _about(body: bytes) -> Raw:
    """The object in the event: whole in a snapshot, id and kind in a thin one."""
    try:
        event = msgspec.json.decode(body)
        if event.get("object") == "v2.core.event":
            return dict(event["related_object"])
        return dict(event["data"]["object"])
    except (msgspec.DecodeError, UnicodeError, KeyError, TypeError, AttributeError) as error:
        raise NotOurs(f"The event cannot be read: {error!r}") from error


def _seen(there: "StripeGateway", kind: str, about: Raw) -> GatewayPayment:
    """How the payment stands, from the body or from Stripe."""
    if kind in SAYS_ENOUGH:
        try:
            return read(about)
        except Unreadable:
            pass  # another API version, or a thin event
    thing = str(about.get("object") or about.get("type"))
    reference = str(about.get("id") or "")
    try:
        if thing == "checkout.session":
            return there.fetch(gateway_ref=reference)
        if thing == "payment_intent":
            return there.fetch(payment_ref=reference)
        return _by_money(there, thing, about, reference)
    except NotAtGateway as why:
        raise NotOurs(f"Stripe does not know {reference}.") from why


def _by_money(there: "StripeGateway", thing: str, about: Raw, reference: str) -> GatewayPayment:
    """A charge or a dispute: through the intent it belongs to."""
    intent, charge = about.get("payment_intent"), about.get("charge")
    if isinstance(intent, str) and intent:
        return there.fetch(payment_ref=intent)
    if thing == "charge":
        charge = reference
    if isinstance(charge, str) and charge:
        return there.fetch_charge(charge)
    raise NotOurs(f"{thing} {reference} names no payment.")
