"""What a stored Stripe event says of customers, subscriptions and invoices.

The body tells how things stood when the event was made, Stripe how they stand now; the order of
arrival tells nothing. So both are handed on, each with its time. The end of a subscription is final
and its body is enough.
"""

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from payments.gateways.billing import BillingNews
from payments.gateways.interface import NotAtGateway, NotOurs
from payments.gateways.reading import Raw, Unreadable
from payments.gateways.stripe import billing_reading as reading

if TYPE_CHECKING:
    from payments.gateways.stripe.billing import StripeBilling

ENDED = "customer.subscription.deleted"
FAILED = "invoice.payment_failed"


def interpret(there: "StripeBilling", *, kind: str, body: bytes) -> list[BillingNews]:
    """See BillingGateway.interpret_billing."""
    about, as_of = _about(body)
    reference = str(about.get("id") or "")
    try:
        if kind.startswith("customer.subscription."):
            return _subscription(there, kind, about, as_of, reference)
        if kind.startswith("invoice."):
            return _invoice(there, kind, about, as_of, reference)
        return [reading.customer(about)]
    except NotAtGateway as why:
        raise NotOurs(f"Stripe does not know {reference}.") from why
    except Unreadable as why:
        raise NotOurs(f"{reference} cannot be read: {why}") from why


def _subscription(
    there: "StripeBilling", kind: str, about: Raw, as_of: datetime, reference: str
) -> list[BillingNews]:
    told: list[BillingNews] = []
    with suppress(Unreadable):  # a thin event, or another API version
        told.append(reading.subscription(about, as_of=as_of))
    if kind != ENDED or not told:
        told.append(there.fetch_subscription(reference))
    return told


def _invoice(
    there: "StripeBilling", kind: str, about: Raw, as_of: datetime, reference: str
) -> list[BillingNews]:
    told: list[BillingNews] = []
    with suppress(Unreadable):
        told.append(reading.invoice(about, as_of=as_of, failed=kind == FAILED or None))
    now = there.fetch_invoice(reference)
    if not now.subscription_ref:
        raise NotOurs(f"Invoice {reference} belongs to no subscription.")
    # the subscription first: whoever hears of its invoice must have heard of it
    return [there.fetch_subscription(now.subscription_ref), *told, now]


def _about(body: bytes) -> tuple[Raw, datetime]:
    """The object in the event (whole in a snapshot, id and kind in a thin one), and its time."""
    try:
        event = msgspec.json.decode(body)
        if event.get("object") == "v2.core.event":
            return dict(event["related_object"]), datetime.now(UTC)
        created = reading.moment(event["created"])
        return dict(event["data"]["object"]), created or datetime.now(UTC)
    except (
        msgspec.DecodeError, UnicodeError, KeyError, TypeError, AttributeError, Unreadable,
    ) as error:  # fmt: skip
        raise NotOurs(f"The event cannot be read: {error!r}") from error
