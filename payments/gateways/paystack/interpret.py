"""What a stored Paystack event says.

No event is taken at its word. The signature has no time in it, so a body that was once true can be
sent again for ever; so the event only says where to look, and Paystack says how things stand.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from payments.gateways.interface import (
    GatewayError,
    GatewayPayment,
    News,
    NotAtGateway,
    NotOurs,
    Seen,
)
from payments.gateways.paystack.disputes import read_dispute
from payments.gateways.paystack.events import DISPUTED, REFUNDED
from payments.gateways.paystack.reading import answered
from payments.gateways.paystack.refunds import with_reference
from payments.gateways.reading import Raw, word

if TYPE_CHECKING:
    from payments.gateways.paystack.adapter import PaystackGateway


def interpret(there: "PaystackGateway", *, kind: str, body: bytes) -> list[News]:
    """See Gateway.interpret."""
    about = about_of(body)
    if kind in DISPUTED:
        return _disputed(there, about)
    if kind in REFUNDED:
        return _refunded(there, about)
    payment = _payment(there, about.get("reference"))
    if not payment.reference:
        raise NotOurs(f"{payment.gateway_ref} was not started by Tradewind.")
    if kind == "charge.success" and payment.state is not Seen.CAPTURED:
        raise GatewayError("Paystack does not show yet what it has told.", retryable=True)
    return [payment]


def about_of(body: bytes) -> Raw:
    """The object an event is about. Raises NotOurs for what is none."""
    try:
        about = msgspec.json.decode(body)["data"]
    except (msgspec.DecodeError, UnicodeError, RecursionError, KeyError, TypeError) as error:
        raise NotOurs(f"The event cannot be read: {error!r}") from error
    if not isinstance(about, dict):
        raise NotOurs("The event is about no single object.")
    return about


def _refunded(there: "PaystackGateway", about: Raw) -> list[News]:
    """Refunds' events often have no id and may come in any order: all refunds of the payment are
    shown as they stand, so that nothing is counted by adding events up."""
    payment = _payment(there, about.get("transaction_reference"))
    refunds = there.refunds_of(payment_ref=payment.payment_ref)
    return _told(payment, [with_reference(refund, payment) for refund in refunds])


def _disputed(there: "PaystackGateway", about: Raw) -> list[News]:
    of: Any = about.get("transaction")
    page = of.get("reference") if isinstance(of, dict) else about.get("transaction_reference")
    payment = _payment(there, page)
    asked_at = datetime.now(UTC)
    try:
        dispute = there.client.get(f"/dispute/{int(about['id'])}")
    except (KeyError, TypeError, ValueError, NotAtGateway) as error:
        raise NotOurs(f"Paystack knows no dispute {about.get('id')!r}.") from error
    return _told(
        payment, [answered(lambda raw: read_dispute(raw, payment, as_of=asked_at), dispute)]
    )


def _told(payment: GatewayPayment, happened: Sequence[News]) -> list[News]:
    """What happened, after the payment where that is one of ours. Money that goes back from
    another is told all the same: an invoice may have been paid with it, which only the books
    can tell."""
    return [payment, *happened] if payment.reference else [*happened]


def _payment(there: "PaystackGateway", page: Any) -> GatewayPayment:
    """The transaction as Paystack shows it."""
    if not word(page):
        raise NotOurs("The event names no transaction.")
    try:
        return there.fetch(gateway_ref=page)
    except NotAtGateway as error:
        raise NotOurs(f"Paystack does not know {page}.") from error
