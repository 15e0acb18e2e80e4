"""Paystack over plain HTTP: transactions on Paystack's page.

Which methods are offered (cards, transfers, mobile money) is set in Paystack's dashboard. Its
pages have no end and cannot be closed; a reference works once.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import structlog
from django.conf import settings

from core.outbound import INTERACTIVE
from core.outbound.deadline import deadline
from payments.gateways.bank_details import BankAccount
from payments.gateways.interface import (
    GatewayError,
    GatewayPayment,
    GatewayRefund,
    News,
    NotAtGateway,
    RefundRequest,
    Seen,
    Start,
)
from payments.gateways.minor_units import to_gateway
from payments.gateways.paystack.client import PaystackClient, between
from payments.gateways.paystack.errors import DuplicateReference, perhaps_done
from payments.gateways.paystack.interpret import interpret
from payments.gateways.paystack.reading import answered, read
from payments.gateways.paystack.refunds import read_refund, refund_once, refunds_of, send_to_account
from payments.gateways.paystack.words import ATTEMPT_KEY, CANCEL_KEY, REFERENCE_KEY, page_name
from payments.gateways.reading import Raw, named, readable_ones

logger = structlog.get_logger(__name__)

CLOCKS_DIFFER = timedelta(minutes=5)
PAGES_LOOKED_THROUGH = 10
BEING_OPENED = timedelta(seconds=15)  # by somebody who submits the same payment just now
PAID_FOR = (Seen.CAPTURED, Seen.PROCESSING)


class PaystackGateway:
    """One Paystack integration."""

    slug: ClassVar[str] = "paystack"

    def __init__(self, *, key: str, api_base: str) -> None:
        self._key = key
        self.client = PaystackClient(key=key, api_base=api_base)

    @classmethod
    def from_settings(cls) -> "PaystackGateway":
        """The integration of the newest key. Raises GatewayError when there is none."""
        if not settings.PAYSTACK_SECRET_KEYS:
            raise GatewayError("No Paystack key is configured.", retryable=True)
        return _integration(settings.PAYSTACK_SECRET_KEYS[0], settings.PAYSTACK_API_BASE)

    @property
    def livemode(self) -> bool:
        """Keys say so themselves: sk_live_."""
        return self._key.startswith("sk_live_")

    def check(self) -> None:
        """A list of one."""
        self.client.get("/transaction", perPage=1)

    def start(self, start: Start) -> GatewayPayment:
        """A transaction with its page.

        Paystack shows a page's address once. When that answer was lost nobody has it and nobody
        can pay there; the same call again would only be told that the reference is taken. Both
        are raised as `answered`: the next try looks (`find`), then goes on under another name.
        """
        page = page_name(start.reference, start.attempt_id)
        with deadline(INTERACTIVE):
            try:
                made = self.client.post("/transaction/initialize", _transaction(start, page))
            except DuplicateReference:
                return self._known(page)
            except GatewayError as error:
                if not perhaps_done(error):
                    raise
                raise GatewayError(error.message, retryable=True, answered=True) from error
        return GatewayPayment(
            state=Seen.OPEN,
            reference=start.reference,
            attempt_id=start.attempt_id,
            amount=start.amount,
            livemode=self.livemode,
            gateway_ref=page,
            authorization_url=answered(lambda raw: named(raw["authorization_url"]), made),
        )

    def find(self, *, reference: str, since: datetime) -> GatewayPayment | None:
        """A page made for `reference` that somebody has paid. Those that wait are of no use: their
        address is lost."""
        with deadline(INTERACTIVE):
            rows = self.client.listed(
                "/transaction",
                {"from": (since - CLOCKS_DIFFER).isoformat()},
                pages=PAGES_LOOKED_THROUGH,
            )
            found = [
                seen for seen in readable_ones(self.slug, rows, read) if seen.reference == reference
            ]
        paid = [seen for seen in found if seen.state in PAID_FOR]
        return min(paid, key=lambda seen: PAID_FOR.index(seen.state), default=None)

    def fetch(self, *, gateway_ref: str = "", payment_ref: str = "") -> GatewayPayment:
        """The transaction by its page's name, else by its number. Raises NotAtGateway."""
        if gateway_ref:
            return answered(read, self.client.get(f"/transaction/verify/{gateway_ref}"))
        if payment_ref:
            return answered(read, self.client.get(f"/transaction/{payment_ref}"))
        raise NotAtGateway("Neither a page nor a transaction is known.")

    def expire(self, *, gateway_ref: str) -> GatewayPayment:
        """Paystack's pages cannot be closed: how it stands."""
        return self.fetch(gateway_ref=gateway_ref)

    def refund(self, request: RefundRequest) -> GatewayRefund:
        """Give money back, unless this very refund is there already."""
        with deadline(INTERACTIVE):
            return refund_once(self.client, request)

    def refunds_of(self, *, payment_ref: str) -> list[GatewayRefund]:
        """All refunds of one transaction, whoever made them."""
        with deadline(INTERACTIVE):
            return refunds_of(self.client, payment_ref)

    def refund_to_account(self, *, refund_ref: str, currency: str, account: BankAccount) -> None:
        """Wake a refund that needs attention with the payer's account."""
        with deadline(INTERACTIVE):
            send_to_account(self.client, refund_ref, currency, account)

    def interpret(self, *, kind: str, body: bytes) -> list[News]:
        """See interpret.py."""
        with deadline(INTERACTIVE):
            return interpret(self, kind=kind, body=body)

    def payments_between(self, since: datetime, until: datetime) -> Iterator[GatewayPayment]:
        """Every transaction initialized in [since, until), also those never paid."""
        rows = self.client.listed("/transaction", between(since, until))
        return (
            seen for seen in readable_ones(self.slug, rows, read) if _within(seen, since, until)
        )

    def refunds_between(self, since: datetime, until: datetime) -> Iterator[GatewayRefund]:
        """Every refund asked for in [since, until)."""
        rows = self.client.listed("/refund", between(since, until))
        return (
            seen
            for seen in readable_ones(self.slug, rows, read_refund)
            if _within(seen, since, until)
        )

    def _known(self, page: str) -> GatewayPayment:
        """What became of a page whose name is taken; raises when it only waits."""
        seen = self.fetch(gateway_ref=page)
        if seen.state in PAID_FOR:
            return seen
        age = datetime.now(UTC) - (seen.created_at or datetime.min.replace(tzinfo=UTC))
        if abs(age) < BEING_OPENED:
            raise GatewayError("Paystack is opening this page at the moment.", retryable=True)
        raise DuplicateReference


@lru_cache(maxsize=8)
def _integration(key: str, api_base: str) -> PaystackGateway:
    """One client per integration and process: it keeps connections open."""
    return PaystackGateway(key=key, api_base=api_base)


def _transaction(start: Start, page: str) -> Raw:
    return {
        "reference": page,
        "email": start.email,
        "amount": to_gateway("paystack", start.amount),
        "currency": start.amount.currency,
        "callback_url": start.success_url,
        "metadata": {
            REFERENCE_KEY: start.reference,
            ATTEMPT_KEY: str(start.attempt_id),
            CANCEL_KEY: start.cancel_url,
            "description": start.description,
        },
    }


def _within(seen: Any, since: datetime, until: datetime) -> bool:
    """Paystack counts the end in, and a window must not have anything twice."""
    return seen.created_at is None or since <= seen.created_at < until
