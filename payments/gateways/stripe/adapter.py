"""Stripe through its own SDK: Checkout Sessions on Stripe's page.

Never sends `payment_method_types` (refused since 2026-09-30.endive): which methods are offered is
set in Stripe's dashboard. Every object becomes a plain dict at this border: since SDK 15 a
StripeObject is not one, and `.get` on it raises.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import stripe
import structlog
from django.conf import settings

from payments.gateways.interface import (
    GatewayDispute,
    GatewayError,
    GatewayPayment,
    GatewayRefund,
    News,
    NotAtGateway,
    RefundRequest,
    Start,
)
from payments.gateways.reading import answer_of, most_telling, readable_ones
from payments.gateways.stripe.disputes import read_dispute
from payments.gateways.stripe.errors import translated
from payments.gateways.stripe.interpret import interpret
from payments.gateways.stripe.lists import created_between, listed
from payments.gateways.stripe.payments import read
from payments.gateways.stripe.refunds import is_charge, money_param, read_refund, refund_params
from payments.gateways.stripe.starting import session_params
from payments.gateways.stripe.transport import OutboundTransport
from payments.gateways.stripe.words import API_VERSION

logger = structlog.get_logger(__name__)

EXPAND_SESSION = ["payment_intent.latest_charge.balance_transaction"]
EXPAND_INTENT = ["latest_charge.balance_transaction"]
EXPAND_CHARGE = ["balance_transaction"]
EXPAND_REFUND = ["charge.balance_transaction", "balance_transaction"]
EXPAND_DISPUTE = ["charge.balance_transaction"]
CLOCKS_DIFFER = timedelta(minutes=5)
PAGES_LOOKED_THROUGH = 5


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

    @property
    def sdk(self) -> stripe.StripeClient:
        """The SDK's client, for the parts of Stripe that are not payments."""
        return self._client

    def check(self) -> None:
        """A list of one."""
        with translated():
            self._client.v1.payment_intents.list(params={"limit": 1})

    def start(self, start: Start) -> GatewayPayment:
        """A Checkout Session; the same key and the same words find the same session."""
        with translated():
            session = self._client.v1.checkout.sessions.create(
                params=session_params(start),  # type: ignore[arg-type]  # built as a plain dict
                options={"idempotency_key": start.idempotency_key},
            )
        return _read(session.to_dict())

    def find(self, *, reference: str, since: datetime) -> GatewayPayment | None:
        """Stripe cannot search sessions by our reference; there are few since `since`."""
        made = listed(
            self._client.v1.checkout.sessions.list,
            {"created": {"gte": int((since - CLOCKS_DIFFER).timestamp())}},
            pages=PAGES_LOOKED_THROUGH,
        )
        found = [_read(raw) for raw in made if raw.get("client_reference_id") == reference]
        return min(found, key=most_telling, default=None)

    def fetch(self, *, gateway_ref: str = "", payment_ref: str = "") -> GatewayPayment:
        """The session, else the intent or charge, with fee. Raises NotAtGateway."""
        there = self._client.v1
        if gateway_ref:
            sessions = there.checkout.sessions
            return _read(self._one(sessions.retrieve, gateway_ref, EXPAND_SESSION))
        if is_charge(payment_ref):
            return _read(self._one(there.charges.retrieve, payment_ref, EXPAND_CHARGE))
        if payment_ref:
            return _read(self._one(there.payment_intents.retrieve, payment_ref, EXPAND_INTENT))
        raise NotAtGateway("Neither a session nor an intent is known.")

    def fetch_refund(self, refund_ref: str) -> tuple[GatewayPayment, GatewayRefund]:
        """A refund with the charge it takes back. Raises NotAtGateway."""
        raw = self._one(self._client.v1.refunds.retrieve, refund_ref, EXPAND_REFUND)
        return _read(_charge_in(raw)), self._refund(raw)

    def fetch_dispute(self, dispute_ref: str) -> tuple[GatewayPayment, GatewayDispute]:
        """A dispute with the charge it is about. Raises NotAtGateway."""
        asked_at = datetime.now(UTC)
        raw = self._one(self._client.v1.disputes.retrieve, dispute_ref, EXPAND_DISPUTE)
        payment = _read(_charge_in(raw))
        with answer_of("Stripe"):
            return payment, replace(read_dispute(raw, payment), as_of=asked_at)

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

    def refund(self, request: RefundRequest) -> GatewayRefund:
        """Give money back; the same key and the same words find the same refund."""
        with translated():
            made = self._client.v1.refunds.create(
                params=refund_params(request),  # type: ignore[arg-type]  # built as a plain dict
                options={"idempotency_key": request.idempotency_key},
            )
        return self._refund(made.to_dict())

    def refunds_of(self, *, payment_ref: str) -> list[GatewayRefund]:
        """All refunds of one payment, newest first."""
        wanted = {**money_param(payment_ref), "expand": ["data.balance_transaction"]}
        return [self._refund(raw) for raw in listed(self._client.v1.refunds.list, wanted)]

    def payments_between(self, since: datetime, until: datetime) -> Iterator[GatewayPayment]:
        """Stripe's charges: where the money is, also of payments that have no intent or session.

        Tries that failed moved nothing and are passed over; one on its way is PROCESSING.
        """
        charges = listed(
            self._client.v1.charges.list,
            {"created": created_between(since, until), "expand": ["data.balance_transaction"]},
        )
        moved = (raw for raw in charges if raw.get("status") != "failed")
        return readable_ones(self.slug, moved, read)

    def refunds_between(self, since: datetime, until: datetime) -> Iterator[GatewayRefund]:
        """Stripe's refunds, with the reference of the charge they take back."""
        refunds = listed(
            self._client.v1.refunds.list,
            {
                "created": created_between(since, until),
                "expand": ["data.charge", "data.balance_transaction"],
            },
        )
        return readable_ones(
            self.slug, refunds, lambda raw: read_refund(raw, livemode=self.livemode)
        )

    def interpret(self, *, kind: str, body: bytes) -> list[News]:
        """See interpret.py."""
        return interpret(self, kind=kind, body=body)

    def _one(self, retrieve: Callable[..., Any], ref: str, expand: list[str]) -> dict[str, Any]:
        """One object as a plain dict. Raises GatewayError."""
        if not ref:
            raise NotAtGateway("No name to ask by.")
        with translated():
            found: dict[str, Any] = retrieve(ref, params={"expand": expand}).to_dict()
        return found

    def _refund(self, raw: dict[str, Any]) -> GatewayRefund:
        """Whether a refund is live Stripe does not say: it is as live as the key that sees it."""
        with answer_of("Stripe"):
            return read_refund(raw, livemode=self.livemode)


@lru_cache(maxsize=8)
def _account(key: str, api_base: str) -> StripeGateway:
    """One client per account and process: it keeps connections open."""
    return StripeGateway(key=key, api_base=api_base)


def _charge_in(raw: dict[str, Any]) -> dict[str, Any]:
    """The charge that was asked to be expanded. Raises NotAtGateway when there is none."""
    charge = raw.get("charge")
    if not isinstance(charge, dict):
        raise NotAtGateway(f"{raw.get('id')} names no charge.")
    return charge


def _read(raw: dict[str, Any]) -> GatewayPayment:
    with answer_of("Stripe"):
        return read(raw)
