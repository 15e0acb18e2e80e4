"""Razorpay through its own SDK: payment links, which are Razorpay's hosted page.

One link per attempt, and so one order (docs/decisions/0042-razorpay-page.md). Its `reference_id`
is the attempt's id, which Razorpay takes once: that is the idempotency key of starting.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import ClassVar

import razorpay
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
from payments.gateways.minor_units import to_gateway
from payments.gateways.razorpay import lists, transport
from payments.gateways.razorpay.disputes import read_dispute
from payments.gateways.razorpay.errors import translated
from payments.gateways.razorpay.interpret import interpret
from payments.gateways.razorpay.reading import (
    read_link,
    read_payment,
    read_refund,
    reference_of,
    was_captured,
)
from payments.gateways.razorpay.words import ATTEMPT_KEY, REFERENCE_KEY, REFUND_KEY, SLUG
from payments.gateways.reading import Raw, answer_of, most_telling, readable_ones

logger = structlog.get_logger(__name__)

CLOCKS_DIFFER = timedelta(minutes=5)
LONGEST_DESCRIPTION = 2048  # characters
LONGEST_REASON = 256
LIVE = "rzp_live_"


class RazorpayGateway:
    """One Razorpay account."""

    slug: ClassVar[str] = SLUG

    def __init__(self, *, key_id: str, key_secret: str, api_base: str) -> None:
        self._key_id = key_id
        self.client = razorpay.Client(
            session=transport.session(api_base), auth=(key_id, key_secret), base_url=api_base
        )

    @classmethod
    def from_settings(cls) -> "RazorpayGateway":
        """The account of RAZORPAY_KEY_ID. Raises GatewayError when there is none."""
        key_id, secret = settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET
        if not key_id or not secret:
            raise GatewayError("No Razorpay key is configured.", retryable=True)
        return _account(key_id, secret, settings.RAZORPAY_API_BASE)

    @property
    def livemode(self) -> bool:
        """Keys say so themselves: rzp_live_, rzp_test_."""
        return self._key_id.startswith(LIVE)

    def check(self) -> None:
        """A list of one."""
        with translated():
            self.client.payment.all({"count": 1})

    def start(self, start: Start) -> GatewayPayment:
        """A payment link. When Razorpay will not make it, it may have been made before."""
        with translated():
            try:
                made = self.client.payment_link.create(_link_params(start))
            except transport.Refused:
                found = self._link_of_attempt(str(start.attempt_id))
                if found is None:
                    raise
                made = found
        return self._shown(made)

    def find(self, *, reference: str, since: datetime) -> GatewayPayment | None:
        """Links cannot be searched by what is in their notes; there are few since `since`."""
        with translated():
            found = [
                self._link_seen(link)
                for link in lists.links_since(self.client, since - CLOCKS_DIFFER)
                if reference_of(link) == reference
            ]
        return min(found, key=most_telling, default=None)

    def fetch(self, *, gateway_ref: str = "", payment_ref: str = "") -> GatewayPayment:
        """The payment, else the link with the best of its payments. Raises NotAtGateway."""
        with translated():
            if payment_ref:
                return self._payment_seen(payment_ref)
            if gateway_ref:
                return self._link_seen(self.client.payment_link.fetch(gateway_ref))
        raise NotAtGateway("Neither a link nor a payment is known.")

    def fetch_refund(self, refund_ref: str) -> GatewayRefund:
        """How a refund stands now. Raises NotAtGateway."""
        with translated():
            return self._refund_read(self.client.refund.fetch(refund_ref))

    def fetch_dispute(self, dispute_ref: str, payment: GatewayPayment) -> GatewayDispute:
        """How a dispute of `payment` stands now. Raises NotAtGateway."""
        as_of = datetime.now(UTC)
        with translated():
            raw = self.client.dispute.fetch(dispute_ref)
        with answer_of("Razorpay"):
            return read_dispute(raw, payment, as_of=as_of)

    def expire(self, *, gateway_ref: str) -> GatewayPayment:
        """Cancel an open link; one that is not open any more is shown as it is."""
        with translated():
            try:
                link = self.client.payment_link.cancel(gateway_ref)
            except transport.Refused:
                link = self.client.payment_link.fetch(gateway_ref)
            return self._link_seen(link)

    def refund(self, request: RefundRequest) -> GatewayRefund:
        """A normal refund: days until the payer has it, `pending` until then."""
        params = {
            "amount": to_gateway(SLUG, request.amount),
            "speed": "normal",
            "receipt": str(request.refund_id),
            "notes": {
                REFERENCE_KEY: request.reference,
                REFUND_KEY: str(request.refund_id),
                "reason": request.reason[:LONGEST_REASON],
            },
        }
        headers = {transport.REFUND_KEY_HEADER: _refund_key(request.idempotency_key)}
        with translated():
            made = self.client.payment.refund(request.payment_ref, params, headers=headers)
            return self._refund_read(made)

    def refunds_of(self, *, payment_ref: str) -> list[GatewayRefund]:
        """All refunds of one payment, whoever made them."""
        with translated():
            pages = lists.refunds_of(self.client, payment_ref)
            return [self._refund_read(raw) for raw in pages]

    def interpret(self, *, kind: str, body: bytes) -> list[News]:
        """See interpret.py."""
        return interpret(self, kind=kind, body=body)

    def payments_between(self, since: datetime, until: datetime) -> Iterator[GatewayPayment]:
        """Every try to pay, also those that failed (open, `declined`)."""
        made = lists.payments(self.client, since, until)
        return readable_ones(self.slug, made, lambda raw: read_payment(raw, livemode=self.livemode))

    def refunds_between(self, since: datetime, until: datetime) -> Iterator[GatewayRefund]:
        """Refunds of money that was ours. What Razorpay returns by itself never was."""
        for raw in lists.refunds(self.client, since, until):
            refund = self._refund_read(raw)
            if refund.refund_id is None:
                with translated():
                    payment = self.client.payment.fetch(refund.payment_ref)
                if not was_captured(payment):
                    continue
            yield refund

    # ---------------------------------------------------------------- in the middle of a call

    def _link_of_attempt(self, attempt_id: str) -> Raw | None:
        found = self.client.payment_link.all({"reference_id": attempt_id})["payment_links"]
        return next((link for link in found if link["reference_id"] == attempt_id), None)

    def _payment_seen(self, payment_ref: str) -> GatewayPayment:
        """A payment whose notes lack our names (`[]`) is looked up by its link."""
        payment = self.client.payment.fetch(payment_ref)
        seen = self._payment_read(payment)
        if seen.reference or payment.get("invoice_id"):
            return seen
        found = self.client.payment_link.all({"payment_id": payment_ref})["payment_links"]
        return self._payment_read(payment, found[0]) if found else seen

    def _link_seen(self, link: Raw) -> GatewayPayment:
        """A link with the most telling of its payments: the link alone tells of no decline."""
        tries = self._tries(link)
        if not tries:
            return self._shown(link)
        return min((self._payment_read(one, link) for one in tries), key=most_telling)

    def _tries(self, link: Raw) -> list[Raw]:
        """The payments of its order; a link that does not name it names those captured."""
        order_id = link.get("order_id")
        if order_id:
            return list(self.client.order.payments(order_id)["items"])
        captured = link.get("payments") or []
        return [self.client.payment.fetch(one["payment_id"]) for one in captured]

    def _shown(self, link: Raw) -> GatewayPayment:
        with answer_of("Razorpay"):
            return read_link(link, livemode=self.livemode)

    def _payment_read(self, payment: Raw, link: Raw | None = None) -> GatewayPayment:
        with answer_of("Razorpay"):
            return read_payment(payment, livemode=self.livemode, link=link)

    def _refund_read(self, raw: Raw) -> GatewayRefund:
        with answer_of("Razorpay"):
            return read_refund(raw, livemode=self.livemode)


@lru_cache(maxsize=8)
def _account(key_id: str, key_secret: str, api_base: str) -> RazorpayGateway:
    """One client per account and process: it keeps connections open."""
    return RazorpayGateway(key_id=key_id, key_secret=key_secret, api_base=api_base)


def _link_params(start: Start) -> Raw:
    """The payer is told by us: Razorpay sends no mail, message or reminder of its own."""
    return {
        "amount": to_gateway(SLUG, start.amount),
        "currency": start.amount.currency,
        "accept_partial": False,
        "reference_id": str(start.attempt_id),
        "description": (start.description or f"Payment {start.reference}")[:LONGEST_DESCRIPTION],
        "customer": {"email": start.email},
        "notify": {"email": False, "sms": False},
        "reminder_enable": False,
        "notes": {REFERENCE_KEY: start.reference, ATTEMPT_KEY: str(start.attempt_id)},
        "callback_url": start.success_url,
        "callback_method": "get",
        "expire_by": int(start.expires_at.timestamp()),
    }


def _refund_key(ours: str) -> str:
    """Our key in the alphabet Razorpay takes: letters, digits, "-" and "_", ten at least."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", ours).ljust(10, "_")
