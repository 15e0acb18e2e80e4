"""What a stored Razorpay event says.

Razorpay's signature covers neither a time nor the mode: an old body stays good for ever, and one of
the test mode is as good as one of the live mode where both were given the same secret. So an event
is taken at its word only where it names the page we opened (which settling compares); everything
else is a hint, and Razorpay is asked with our own key, which finds nothing of another mode.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from payments.gateways.interface import GatewayPayment, News, NotAtGateway, NotOurs
from payments.gateways.razorpay.envelope import entities_of
from payments.gateways.razorpay.reading import (
    read_link,
    read_payment,
    reference_of,
)
from payments.gateways.reading import Raw, Unreadable

if TYPE_CHECKING:
    from payments.gateways.razorpay.adapter import RazorpayGateway


def interpret(there: "RazorpayGateway", *, kind: str, body: bytes) -> list[News]:
    """See Gateway.interpret."""
    entities, account = entities_of(body)
    try:
        news = _news(there, entities)
    except NotAtGateway as why:
        raise NotOurs(f"Razorpay does not know what {kind} is about.") from why
    return [
        replace(one, account=account) if isinstance(one, GatewayPayment) and account else one
        for one in news
    ]


def _news(there: "RazorpayGateway", entities: dict[str, Raw]) -> list[News]:
    link, payment = entities.get("payment_link"), entities.get("payment")
    if link is not None:
        return [_page(there, link, payment)]
    if payment is None:
        raise NotOurs(f"{' and '.join(entities) or 'Nothing'}: no payment is named.")
    of_subscription = bool(payment.get("invoice_id"))
    if of_subscription and not entities.keys() & {"refund", "dispute"}:
        raise NotOurs(f"{payment.get('id')} belongs to a subscription: its invoice is told.")
    seen = there.fetch(payment_ref=str(payment.get("id") or ""))
    if not seen.reference and not of_subscription:
        raise NotOurs(f"{payment.get('id')} was not started by Tradewind.")
    back = _back(there, entities, seen)
    return back if of_subscription else [seen, *back]


def _back(there: "RazorpayGateway", entities: dict[str, Raw], seen: GatewayPayment) -> list[News]:
    """The refund or dispute, as it stands now. What was never captured was never ours to give
    back."""
    if "refund" in entities and seen.payment_ref:
        return [there.fetch_refund(str(entities["refund"].get("id") or ""))]
    if "dispute" in entities:
        return [there.fetch_dispute(str(entities["dispute"].get("id") or ""), seen)]
    return []


def _page(there: "RazorpayGateway", link: Raw, payment: Raw | None) -> GatewayPayment:
    """The page we opened: paid, or closed."""
    if not reference_of(link):
        raise NotOurs(f"{link.get('id')} was not started by Tradewind.")
    try:
        if payment is not None:
            return read_payment(payment, livemode=there.livemode, link=link)
        return read_link(link, livemode=there.livemode)
    except Unreadable:
        return there.fetch(gateway_ref=str(link.get("id") or ""))
