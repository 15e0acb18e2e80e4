"""Stripe through its own SDK: Checkout Sessions on Stripe's page.

Never sends `payment_method_types` (refused since 2026-09-30.endive): which methods are offered is
set in Stripe's dashboard. Every object becomes a plain dict at this border: since SDK 15 a
StripeObject is not one, and `.get` on it raises.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import stripe
from django.conf import settings

from payments.gateways.interface import (
    GatewayError,
    GatewayPayment,
    News,
    NotAtGateway,
    Seen,
    Start,
)
from payments.gateways.minor_units import to_gateway
from payments.gateways.stripe.errors import translated
from payments.gateways.stripe.interpret import interpret
from payments.gateways.stripe.reading import Unreadable, read
from payments.gateways.stripe.transport import OutboundTransport
from payments.gateways.stripe.words import API_VERSION, ATTEMPT_KEY, REFERENCE_KEY

EXPAND_SESSION = ["payment_intent.latest_charge.balance_transaction"]
EXPAND_INTENT = ["latest_charge.balance_transaction"]
CLOCKS_DIFFER = timedelta(minutes=5)
PAGES_LOOKED_THROUGH = 10
PAGE = 50
LONGEST_NAME = 200


class StripeGateway:
    """One Stripe account."""

    slug: ClassVar[str] = "stripe"

    def __init__(self, *, key: str, api_base: str) -> None:
        self._key = key
        self._client = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=0,  # the transport retries, within the one deadline
            http_client=OutboundTransport(api_base),
        )

    @classmethod
    def from_settings(cls) -> "StripeGateway":
        """The account of STRIPE_SECRET_KEY. Raises GatewayError when there is none."""
        if not settings.STRIPE_SECRET_KEY:
            raise GatewayError("No Stripe key is configured.", retryable=True)
        return _account(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)

    @property
    def livemode(self) -> bool:
        """Keys say so themselves: sk_live_, rk_live_."""
        return "_live_" in self._key

    def check(self) -> None:
        """A list of one."""
        with translated():
            self._client.v1.payment_intents.list(params={"limit": 1})

    def start(self, start: Start) -> GatewayPayment:
        """A Checkout Session; the same key and the same words find the same session."""
        with translated():
            session = self._client.v1.checkout.sessions.create(
                params=_session_params(start),  # type: ignore[arg-type]  # built as a plain dict
                options={"idempotency_key": start.idempotency_key},
            )
        return _read(session.to_dict())

    def find(self, *, reference: str, since: datetime) -> GatewayPayment | None:
        """Stripe cannot search sessions by our reference; there are few since `since`."""
        started = int((since - CLOCKS_DIFFER).timestamp())
        found: list[GatewayPayment] = []
        with translated():
            params: dict[str, Any] = {"created": {"gte": started}, "limit": PAGE}
            for _ in range(PAGES_LOOKED_THROUGH):
                page = self._client.v1.checkout.sessions.list(
                    params=params,  # type: ignore[arg-type]  # built as a plain dict
                )
                found += [
                    _read(session.to_dict())
                    for session in page.data
                    if session.client_reference_id == reference
                ]
                if not page.has_more or not page.data:
                    break
                params["starting_after"] = page.data[-1].id
        return min(found, key=_most_telling, default=None)

    def fetch(self, *, gateway_ref: str = "", payment_ref: str = "") -> GatewayPayment:
        """The session, else the intent, with charge and fee. Raises NotAtGateway."""
        with translated():
            if gateway_ref:
                return _read(
                    self._client.v1.checkout.sessions.retrieve(
                        gateway_ref, params={"expand": EXPAND_SESSION}
                    ).to_dict()
                )
            if payment_ref:
                return _read(
                    self._client.v1.payment_intents.retrieve(
                        payment_ref, params={"expand": EXPAND_INTENT}
                    ).to_dict()
                )
        raise NotAtGateway("Neither a session nor an intent is known.")

    def fetch_charge(self, charge_ref: str) -> GatewayPayment:
        """A charge, for events that name nothing else. Raises NotAtGateway."""
        with translated():
            charge = self._client.v1.charges.retrieve(
                charge_ref, params={"expand": ["balance_transaction"]}
            )
        return _read(charge.to_dict())

    def expire(self, *, gateway_ref: str) -> GatewayPayment:
        """Close an open session; one that is not open any more is shown as it is."""
        try:
            with translated():
                self._client.v1.checkout.sessions.expire(gateway_ref)
        except NotAtGateway:
            raise
        except GatewayError as refusal:
            if refusal.retryable:
                raise
        return self.fetch(gateway_ref=gateway_ref)

    def interpret(self, *, kind: str, body: bytes) -> list[News]:
        """See interpret.py."""
        return interpret(self, kind=kind, body=body)


@lru_cache(maxsize=8)
def _account(key: str, api_base: str) -> StripeGateway:
    """One client per account and process: it keeps connections open."""
    return StripeGateway(key=key, api_base=api_base)


def _session_params(start: Start) -> dict[str, Any]:
    """Must not change between two tries of one attempt: Stripe compares."""
    metadata = {REFERENCE_KEY: start.reference, ATTEMPT_KEY: str(start.attempt_id)}
    name = (start.description or f"Payment {start.reference}")[:LONGEST_NAME]
    return {
        "mode": "payment",
        "client_reference_id": start.reference,
        "customer_email": start.email,
        "success_url": start.success_url,
        "cancel_url": start.cancel_url,
        "expires_at": int(start.expires_at.timestamp()),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": name},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": start.amount.currency.lower(),
                    "unit_amount": to_gateway("stripe", start.amount),
                    "product_data": {"name": name},
                },
            }
        ],
    }


def _read(raw: dict[str, Any]) -> GatewayPayment:
    try:
        return read(raw)
    except Unreadable as error:
        raise GatewayError(f"Stripe's answer cannot be read: {error}", retryable=True) from error


def _most_telling(seen: GatewayPayment) -> int:
    """Paid before on its way before open before the rest."""
    order = [Seen.CAPTURED, Seen.PROCESSING, Seen.OPEN, Seen.FAILED, Seen.EXPIRED]
    return order.index(seen.state)
