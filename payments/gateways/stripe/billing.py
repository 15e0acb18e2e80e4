"""Stripe's subscriptions through its own SDK: Checkout to begin, the portal for cards.

An upgrade is charged at once and only happens when it could be (`error_if_incomplete`), so that
nobody has more than they paid for. Plain dicts from this border on, as in adapter.py.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import stripe

from core.money import Money
from payments.gateways.billing import (
    Ability,
    BillingNews,
    GatewayCustomer,
    GatewayInvoice,
    GatewaySubscription,
    HostedPage,
    PriceOffer,
    SubscriptionStart,
)
from payments.gateways.interface import GatewayError, NotAtGateway
from payments.gateways.minor_units import to_gateway
from payments.gateways.reading import Raw, answer_of
from payments.gateways.stripe import billing_reading as reading
from payments.gateways.stripe.adapter import StripeGateway
from payments.gateways.stripe.billing_interpret import interpret
from payments.gateways.stripe.errors import translated


class StripeBilling:
    """The subscriptions of one Stripe account."""

    slug: ClassVar[str] = "stripe"
    CAN: ClassVar[frozenset[Ability]] = frozenset(Ability)

    def __init__(self, account: StripeGateway) -> None:
        self._account = account
        self._v1 = account.sdk.v1

    @classmethod
    def from_settings(cls) -> "StripeBilling":
        """The account of STRIPE_SECRET_KEY. Raises GatewayError when there is none."""
        return cls(StripeGateway.from_settings())

    def ensure_price(self, offer: PriceOffer) -> str:
        """A price under our price's id (`lookup_key`) of a product under our plan's code."""
        with translated():
            wanted: Any = {"lookup_keys": [str(offer.price_id)], "limit": 1}
            known = self._v1.prices.list(params=wanted)
            if known.data:
                return str(known.data[0].id)
            price: Any = {
                "product": self._product(offer),
                "currency": offer.amount.currency.lower(),
                "unit_amount": to_gateway(self.slug, offer.amount),
                "recurring": {"interval": "month", "interval_count": offer.months},
                "lookup_key": str(offer.price_id),
            }
            options: Any = {"idempotency_key": offer.idempotency_key}
            return str(self._v1.prices.create(params=price, options=options).id)

    def ensure_customer(
        self, *, user_id: UUID, email: str, name: str, idempotency_key: str
    ) -> GatewayCustomer:
        """A customer that carries our user's id."""
        params: Any = {"email": email, "metadata": {reading.USER_KEY: str(user_id)}}
        if name:
            params["name"] = name
        with translated():
            made = self._v1.customers.create(
                params=params, options={"idempotency_key": idempotency_key}
            )
        return _read(reading.customer, made.to_dict())

    def start_subscription(self, start: SubscriptionStart) -> HostedPage:
        """A Checkout Session in subscription mode."""
        metadata = {reading.USER_KEY: str(start.user_id)}
        about: Raw = {"metadata": metadata}
        if start.trial_days:
            about["trial_period_days"] = start.trial_days
        params: Any = {
            "mode": "subscription",
            "customer": start.customer_ref,
            "line_items": [{"price": start.price_ref, "quantity": 1}],
            "success_url": start.success_url,
            "cancel_url": start.cancel_url,
            "metadata": metadata,
            "subscription_data": about,
        }
        with translated():
            page = self._v1.checkout.sessions.create(
                params=params, options={"idempotency_key": start.idempotency_key}
            )
        if not page.url:
            raise GatewayError("Stripe opened no page.", retryable=True)
        return HostedPage(ref=page.id, url=page.url, expires_at=reading.moment(page.expires_at))

    def change_plan(
        self, *, subscription_ref: str, price_ref: str, idempotency_key: str
    ) -> GatewaySubscription:
        """Another price on the one item, prorated and invoiced at once."""
        with translated():
            there = self._v1.subscriptions.retrieve(subscription_ref).to_dict()
            params: Any = {
                "items": [{"id": there["items"]["data"][0]["id"], "price": price_ref}],
                "proration_behavior": "always_invoice",
                "payment_behavior": "error_if_incomplete",
                "cancel_at_period_end": False,
            }
            changed = self._v1.subscriptions.update(
                subscription_ref, params=params, options={"idempotency_key": idempotency_key}
            )
        return _subscription(changed.to_dict())

    def cancel(
        self, *, subscription_ref: str, at_period_end: bool, idempotency_key: str
    ) -> GatewaySubscription:
        """Now, or at the period's end; one that has ended already is shown as it is."""
        options: Any = {"idempotency_key": idempotency_key}
        with translated():
            if at_period_end:
                changed = self._v1.subscriptions.update(
                    subscription_ref, params={"cancel_at_period_end": True}, options=options
                )
                return _subscription(changed.to_dict())
            try:
                ended = self._v1.subscriptions.cancel(subscription_ref, options=options)
            except stripe.InvalidRequestError as refusal:
                with suppress(NotAtGateway):
                    seen = self.fetch_subscription(subscription_ref)
                    if seen.ended_at is not None:
                        return seen
                raise refusal from None
        return _subscription(ended.to_dict())

    def resume(self, *, subscription_ref: str, idempotency_key: str) -> GatewaySubscription:
        """Take the cancellation back."""
        with translated():
            changed = self._v1.subscriptions.update(
                subscription_ref,
                params={"cancel_at_period_end": False},
                options={"idempotency_key": idempotency_key},
            )
        return _subscription(changed.to_dict())

    def portal(self, *, customer_ref: str, subscription_ref: str, return_url: str) -> HostedPage:
        """A session of the customer portal; good for minutes."""
        params: Any = {"customer": customer_ref, "return_url": return_url}
        with translated():
            page = self._v1.billing_portal.sessions.create(params=params)
        return HostedPage(ref=page.id, url=page.url)

    def fetch_subscription(self, subscription_ref: str) -> GatewaySubscription:
        """How it stands now. Raises NotAtGateway."""
        asked_at = datetime.now(UTC)
        with translated():
            found = self._v1.subscriptions.retrieve(subscription_ref)
        return _subscription(found.to_dict(), as_of=asked_at)

    def fetch_invoice(self, invoice_ref: str) -> GatewayInvoice:
        """How it stands now, with its payment and the fee where they are known."""
        asked_at = datetime.now(UTC)
        with translated():
            found = self._v1.invoices.retrieve(invoice_ref, params={"expand": ["payments"]})
        seen = _read(lambda raw: reading.invoice(raw, as_of=asked_at), found.to_dict())
        if not seen.payment_ref:
            return seen
        return _with_fee(seen, self._account.fetch(payment_ref=seen.payment_ref).fee)

    def interpret_billing(self, *, kind: str, body: bytes) -> list[BillingNews]:
        """See billing_interpret.py."""
        return interpret(self, kind=kind, body=body)

    def _product(self, offer: PriceOffer) -> str:
        """The product of the plan, under a name of ours."""
        ref = f"tradewind_{offer.plan_code}"
        try:
            return str(self._v1.products.retrieve(ref).id)
        except stripe.InvalidRequestError as missing:
            if missing.http_status != 404:
                raise
        made = self._v1.products.create(
            params={"id": ref, "name": offer.plan_name},
            options={"idempotency_key": f"{offer.idempotency_key}:product"},
        )
        return str(made.id)


def _with_fee(seen: GatewayInvoice, fee: Money | None) -> GatewayInvoice:
    return replace(seen, fee=fee)


def _subscription(raw: Raw, *, as_of: datetime | None = None) -> GatewaySubscription:
    moment = as_of or datetime.now(UTC)
    return _read(lambda given: reading.subscription(given, as_of=moment), raw)


def _read(reader: Callable[[Raw], Any], raw: Raw) -> Any:
    with answer_of("Stripe"):
        return reader(raw)
