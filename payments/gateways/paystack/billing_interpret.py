"""What a stored Paystack event says of subscriptions and invoices.

As with payments: the event says where to look. Its body has no time in it, so it could not even be
put in order with others; Paystack says how things stand now.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from payments.gateways.billing import BillingNews, GatewayInvoice, GatewaySubscription
from payments.gateways.interface import (
    GatewayError,
    GatewayPayment,
    NotAtGateway,
    NotOurs,
    Seen,
)
from payments.gateways.paystack import billing_reading as reading
from payments.gateways.paystack.events import INVOICED
from payments.gateways.paystack.interpret import about_of
from payments.gateways.paystack.reading import answered, read
from payments.gateways.paystack.words import is_subscription_page
from payments.gateways.reading import Raw, word

if TYPE_CHECKING:
    from payments.gateways.paystack.billing import PaystackBilling

FAILED = "invoice.payment_failed"
EXPIRING = "subscription.expiring_cards"
CLOCKS_DIFFER = timedelta(minutes=5)


def interpret(there: "PaystackBilling", *, kind: str, body: bytes) -> list[BillingNews]:
    """See BillingGateway.interpret_billing."""
    if kind == EXPIRING:
        raise NotOurs("A list of cards that expire soon: no subscription has changed.")
    about = about_of(body)
    try:
        if kind in INVOICED:
            return _invoiced(there, about, failed=kind == FAILED)
        if kind.startswith("subscription."):
            return [there.fetch_subscription(_code(about))]
        return _charged(there, word(about.get("reference")))
    except NotAtGateway as error:
        raise NotOurs(f"Paystack does not know it: {error.message}") from error


def first_invoice_of(
    there: "PaystackBilling", page: str
) -> tuple[GatewaySubscription, GatewayInvoice]:
    """What the payment at one of our subscription pages began, and that payment as an invoice."""
    raw = there.client.get(f"/transaction/verify/{page}")
    paid_by = answered(read, raw)
    if paid_by.state is not Seen.CAPTURED:
        raise GatewayError("Paystack does not show yet what it has told.", retryable=True)
    seen, _ = _subscription_of(there, raw, paid_by)
    return seen, reading.first_invoice(paid_by, of=seen, as_of=datetime.now(UTC))


def _charged(there: "PaystackBilling", page: str) -> list[BillingNews]:
    """A payment: the first of a plan, at a page of ours, or a renewal."""
    if is_subscription_page(page):
        return list(first_invoice_of(there, page))
    if not page:
        raise NotOurs("The event names no transaction.")
    raw = there.client.get(f"/transaction/verify/{page}")
    if not raw.get("plan"):
        raise NotOurs(f"{page} belongs to no plan.")
    paid_by = answered(read, raw)
    seen, shown = _subscription_of(there, raw, paid_by)
    for one in _invoices(shown):
        if str(one.get("transaction")) == paid_by.payment_ref:
            return [seen, _invoice(one, seen, shown, paid_by)]
    return [seen]  # its invoice is told of by an event of its own


def _invoiced(there: "PaystackBilling", about: Raw, *, failed: bool) -> list[BillingNews]:
    """The subscription first: whoever hears of its invoice must have heard of it."""
    seen, shown = _shown(there, _code(about.get("subscription")))
    code = word(about.get("invoice_code"))
    listed = next((one for one in _invoices(shown) if one.get("invoice_code") == code), about)
    paid_by = _payment(there, listed.get("transaction")) or _payment(
        there, about.get("transaction")
    )
    return [seen, _invoice(listed, seen, shown, paid_by, failed=failed)]


def _invoice(
    raw: Raw,
    of: GatewaySubscription,
    shown: Raw,
    paid_by: GatewayPayment | None,
    *,
    failed: bool = False,
) -> GatewayInvoice:
    """An invoice says no currency: it is the plan's."""
    currency = word((shown.get("plan") or {}).get("currency"))
    as_of = datetime.now(UTC)
    return answered(
        lambda given: reading.invoice(
            given, of=of, currency=currency, paid_by=paid_by, as_of=as_of, failed=failed
        ),
        raw,
    )


def _payment(there: "PaystackBilling", named: Any) -> GatewayPayment | None:
    """The transaction an invoice names: by number in a subscription, by reference in an event."""
    if isinstance(named, dict) and word(named.get("reference")):
        return there.integration.fetch(gateway_ref=named["reference"])
    if type(named) is int:
        return there.integration.fetch(payment_ref=str(named))
    return None


def _subscription_of(
    there: "PaystackBilling", raw: Raw, paid_by: GatewayPayment
) -> tuple[GatewaySubscription, Raw]:
    """The subscription that a payment of a plan belongs to. Paystack makes it a moment later, and
    says of neither which is the other's: it is the one of this customer and this plan."""
    customer, plan = (raw.get("customer") or {}).get("id"), (raw.get("plan_object") or {}).get("id")
    rows = there.client.listed("/subscription", {"customer": str(customer), "plan": str(plan)})
    paid_at = paid_by.created_at or datetime.now(UTC)
    first = is_subscription_page(paid_by.gateway_ref)
    for row in rows:
        made_at = reading.moment(row.get("createdAt"))
        begun_after = made_at is not None and made_at >= paid_at - CLOCKS_DIFFER
        if _is_of(row, customer, plan) and (begun_after or not first):
            return _shown(there, _code(row))
    raise GatewayError("Paystack shows no subscription of this payment yet.", retryable=True)


def _is_of(row: Raw, customer: Any, plan: Any) -> bool:
    """A filter that Paystack does not know is one that it ignores."""
    names = (row.get("customer") or {}).get("id"), (row.get("plan") or {}).get("id")
    return names == (customer, plan)


def _shown(there: "PaystackBilling", code: str) -> tuple[GatewaySubscription, Raw]:
    asked_at = datetime.now(UTC)
    raw: Raw = there.client.get(f"/subscription/{code}")
    return answered(lambda given: reading.subscription(given, as_of=asked_at), raw), raw


def _invoices(shown: Raw) -> list[Raw]:
    """All that come with a subscription."""
    last, listed = shown.get("most_recent_invoice"), shown.get("invoices")
    found = [*(listed if isinstance(listed, list) else []), last]
    return [one for one in found if isinstance(one, dict)]


def _code(about: Any) -> str:
    code = word(about.get("subscription_code")) if isinstance(about, dict) else ""
    if not code:
        raise NotOurs("The event names no subscription.")
    return code
