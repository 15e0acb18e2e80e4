"""What a stored Stripe event says.

A snapshot of a payment is taken at its word where it tells what we need: Stripe signed it, and
settling only goes forward. Refunds and disputes go back and forth (a refund fails days after it
succeeded, a lost dispute is appealed), and events come in any order: those are asked about, as is
everything in a form we cannot read (thin events, fields that moved in another API version).
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from payments.gateways.interface import GatewayPayment, News, NotAtGateway, NotOurs
from payments.gateways.reading import Raw, Unreadable
from payments.gateways.stripe.events import DISPUTED, REFUND, REFUNDED, SAYS_ENOUGH
from payments.gateways.stripe.payments import read

if TYPE_CHECKING:
    from payments.gateways.stripe.adapter import StripeGateway


def interpret(there: "StripeGateway", *, kind: str, body: bytes) -> list[News]:
    """See Gateway.interpret. The payment comes first: what happened to it needs it settled."""
    about, account = _about(body)
    name = str(about.get("id") or "")
    try:
        news = _news(there, kind, about, name)
    except NotAtGateway as why:
        raise NotOurs(f"Stripe does not know {name}.") from why
    return [
        replace(one, account=account) if isinstance(one, GatewayPayment) and account else one
        for one in news
    ]


def _news(there: "StripeGateway", kind: str, about: Raw, name: str) -> list[News]:
    """What happened, after how the payment stands where that is one of ours.

    Money that goes back from another payment is told all the same: an invoice may have been paid
    with it, which only the books can tell.
    """
    happened: list[News] = []
    if kind in REFUND:
        payment, refund = there.fetch_refund(name)
        happened = [refund]
    elif kind in DISPUTED:
        payment, dispute = there.fetch_dispute(name)
        happened = [dispute]
    else:
        payment = _payment(there, kind, about, name)
        if kind in REFUNDED:  # the body carries the sum, not the refunds
            happened = [*there.refunds_of(payment_ref=payment.payment_ref)]
    news = [payment, *happened] if payment.reference else happened
    if not news:
        raise NotOurs(f"{name} was not started by Tradewind.")
    return news


def _about(body: bytes) -> tuple[Raw, str]:
    """The object in the event (whole in a snapshot, id and kind in a thin one), and the connected
    account it happened in; "" for our own."""
    try:
        event = msgspec.json.decode(body)
        if event.get("object") == "v2.core.event":
            return dict(event["related_object"]), str(event.get("context") or "")
        return dict(event["data"]["object"]), str(event.get("account") or "")
    except (msgspec.DecodeError, UnicodeError, KeyError, TypeError, AttributeError) as error:
        raise NotOurs(f"The event cannot be read: {error!r}") from error


def _payment(there: "StripeGateway", kind: str, about: Raw, name: str) -> GatewayPayment:
    """How the payment stands, from the body or from Stripe."""
    if kind in SAYS_ENOUGH:
        try:
            return read(about)
        except Unreadable:
            pass  # another API version, or a thin event
    thing = str(about.get("object") or about.get("type"))
    if thing == "checkout.session":
        return there.fetch(gateway_ref=name)
    if thing in ("payment_intent", "charge"):
        return there.fetch(payment_ref=name)
    raise NotOurs(f"{thing} {name} names no payment.")
