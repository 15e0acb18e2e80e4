"""Subscriptions at Razorpay: a plan, a subscription, and its `short_url` where the payer agrees.

No call here has an idempotency key at Razorpay. What was made under one of ours is found again by
its notes; two calls at the very same moment may make two pages, of which a payer sees one.

An end with the cycle cannot be taken back, no event tells it and nothing shows it
(github.com/razorpay/razorpay-node/issues/330, 337; razorpay-php/pull/64): there is no RESUME, and
`cancel_at_period_end` is true in the answer to `cancel` and not told (None) ever after.
"""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from payments.gateways.billing import (
    Ability,
    BillingNews,
    GatewayCustomer,
    GatewayInvoice,
    GatewaySubscription,
    HostedPage,
    PriceOffer,
    SubscriptionSeen,
    SubscriptionStart,
)
from payments.gateways.interface import GatewayError, NotAtGateway, NotOurs
from payments.gateways.minor_units import to_gateway
from payments.gateways.razorpay import lists
from payments.gateways.razorpay.adapter import RazorpayGateway
from payments.gateways.razorpay.billing_reading import (
    NOTHING_KNOWN,
    LastTry,
    read_invoice,
    read_subscription,
)
from payments.gateways.razorpay.envelope import entities_of
from payments.gateways.razorpay.errors import translated
from payments.gateways.razorpay.reading import fee_of, money, notes_of
from payments.gateways.razorpay.words import PRICE_KEY, SLUG, START_KEY, USER_KEY
from payments.gateways.reading import Raw, answer_of, reading

PAGE_LIFETIME = timedelta(days=1)
LASTS_YEARS = 10  # a subscription must end some day: Razorpay counts its cycles
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
LONGEST_NAME = 200  # characters
RETRIED_AFTER = timedelta(days=1)  # Razorpay tries a declined charge again each day, thrice


class RazorpayBilling:
    """The subscriptions of one Razorpay account."""

    slug: ClassVar[str] = SLUG
    CAN: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.CHANGE, Ability.CANCEL_AT_PERIOD_END, Ability.TRIAL}
    )

    def __init__(self, there: RazorpayGateway) -> None:
        self._there = there
        self._client = there.client

    @classmethod
    def from_settings(cls) -> "RazorpayBilling":
        """The account of RAZORPAY_KEY_ID. Raises GatewayError when there is none."""
        return cls(RazorpayGateway.from_settings())

    def ensure_price(self, offer: PriceOffer) -> str:
        """A plan. Plans are never changed: another amount or length is another plan."""
        period, interval = ("yearly", offer.months // 12)
        if offer.months % 12:
            period, interval = "monthly", offer.months
        item = {
            "name": offer.plan_name[:LONGEST_NAME],
            "amount": to_gateway(SLUG, offer.amount),
            "currency": offer.amount.currency,
        }
        wanted = (period, interval, item["amount"], item["currency"])
        for plan in lists.plans(self._client):
            if notes_of(plan).get(PRICE_KEY) == str(offer.price_id) and _terms(plan) == wanted:
                return str(plan["id"])
        with translated():
            made = self._client.plan.create(
                {
                    "period": period,
                    "interval": interval,
                    "item": item,
                    "notes": {PRICE_KEY: str(offer.price_id), "plan": offer.plan_code},
                }
            )
        return str(made["id"])

    def ensure_customer(
        self, *, user_id: UUID, email: str, name: str, idempotency_key: str
    ) -> GatewayCustomer:
        """Razorpay's customer with this address, who may have been there before us."""
        with translated():
            made = self._client.customer.create(
                {
                    "name": name[:LONGEST_NAME],
                    "email": email,
                    "fail_existing": "0",
                    "notes": {USER_KEY: str(user_id)},
                }
            )
        return GatewayCustomer(str(made["id"]), email, self._there.livemode, user_id)

    def start_subscription(self, start: SubscriptionStart) -> HostedPage:
        """A subscription that waits for the payer; the page leads nowhere afterwards.

        The customer is the one who agrees there. Raises GatewayError when the plan costs something
        else than we say.
        """
        with translated():
            plan = self._client.plan.fetch(start.price_ref)
        self._check_amount(plan, start)
        made = self._started(start) or self._start(plan, start)
        expires_at = made.get("expire_by")
        return HostedPage(
            ref=str(made["id"]),
            url=str(made["short_url"]),
            expires_at=datetime.fromtimestamp(expires_at, UTC) if expires_at else None,
        )

    def change_plan(
        self, *, subscription_ref: str, price_ref: str, idempotency_key: str
    ) -> GatewaySubscription:
        """To another plan now; asking twice changes it once."""
        as_of = _now()
        with translated():
            raw = self._client.subscription.edit(
                subscription_ref, {"plan_id": price_ref, "schedule_change_at": "now"}
            )
        return self._subscription(raw, as_of)

    def cancel(
        self, *, subscription_ref: str, at_period_end: bool, idempotency_key: str
    ) -> GatewaySubscription:
        """End it now or with its cycle; one that is over already is shown as it is."""
        as_of = _now()
        try:
            with translated():
                raw = self._client.subscription.cancel(
                    subscription_ref, {"cancel_at_cycle_end": at_period_end}
                )
        except NotAtGateway:
            raise
        except GatewayError as refusal:
            seen = self.fetch_subscription(subscription_ref)
            over = seen.state in (SubscriptionSeen.CANCELLED, SubscriptionSeen.EXPIRED)
            if refusal.retryable or not over:
                raise
            return seen
        return replace(self._subscription(raw, as_of), cancel_at_period_end=at_period_end)

    def resume(self, *, subscription_ref: str, idempotency_key: str) -> GatewaySubscription:
        """Not possible at Razorpay."""
        raise GatewayError("Razorpay cannot take back a cancellation.", retryable=False)

    def portal(self, *, customer_ref: str, subscription_ref: str, return_url: str) -> HostedPage:
        """Not offered by Razorpay."""
        raise GatewayError("Razorpay has no page for cards and invoices.", retryable=False)

    def fetch_subscription(self, subscription_ref: str) -> GatewaySubscription:
        """How it stands now. Raises NotAtGateway."""
        as_of = _now()
        with translated():
            raw = self._client.subscription.fetch(subscription_ref)
        return self._subscription(raw, as_of)

    def fetch_invoice(self, invoice_ref: str) -> GatewayInvoice:
        """How it stands now, with the fee of its payment. Raises NotAtGateway."""
        return self._invoice(invoice_ref, NOTHING_KNOWN)

    def interpret_billing(self, *, kind: str, body: bytes) -> list[BillingNews]:
        """What Razorpay shows now of what the event is about.

        Several events are of the same second, and the signature covers no time: bodies cannot be
        put in order, so none is taken at its word. Raises NotOurs, GatewayError.
        """
        entities, _ = entities_of(body)
        payment, invoice = entities.get("payment", {}), entities.get("invoice", {})
        told = entities.get("subscription", {})
        subscription_ref = told.get("id") or invoice.get("subscription_id")
        if not subscription_ref:
            raise NotOurs(f"{kind} is about no subscription.")
        try:
            subscription = self.fetch_subscription(str(subscription_ref))
            if subscription.user_id is None:
                raise NotOurs(f"{subscription_ref} was not started by Tradewind.")
            invoice_ref = invoice.get("id") or payment.get("invoice_id")
            if not invoice_ref:
                return [subscription]
            last = _last_try(told, payment)
            return [subscription, self._invoice(str(invoice_ref), last)]
        except NotAtGateway as why:
            raise NotOurs(f"Razorpay does not know what {kind} is about.") from why

    # ---------------------------------------------------------------- in the middle of a call

    def _check_amount(self, plan: Raw, start: SubscriptionStart) -> None:
        with answer_of("Razorpay"), reading(f"plan {plan.get('id')}"):
            costs = money(plan["item"]["amount"], plan["item"]["currency"])
        if costs != start.amount:
            raise GatewayError(
                f"The plan {start.price_ref} costs {costs} at Razorpay, not {start.amount}.",
                retryable=False,
            )

    def _started(self, start: SubscriptionStart) -> Raw | None:
        """The one that was made under this key before."""
        since = _now() - PAGE_LIFETIME
        for raw in lists.subscriptions(self._client, start.price_ref, since):
            if notes_of(raw).get(START_KEY) == start.idempotency_key:
                return raw
        return None

    def _start(self, plan: Raw, start: SubscriptionStart) -> Raw:
        months = MONTHS.get(plan["period"], 1) * plan["interval"]
        params = {
            "plan_id": start.price_ref,
            "total_count": max(1, LASTS_YEARS * 12 // months),
            "quantity": 1,
            "customer_notify": False,
            "expire_by": int((_now() + PAGE_LIFETIME).timestamp()),
            "notes": {USER_KEY: str(start.user_id), START_KEY: start.idempotency_key},
        }
        if start.trial_days > 0:
            params["start_at"] = int(time.time()) + start.trial_days * 86_400
        with translated():
            return dict(self._client.subscription.create(params))

    def _subscription(self, raw: Raw, as_of: datetime) -> GatewaySubscription:
        with answer_of("Razorpay"):
            return read_subscription(raw, livemode=self._there.livemode, as_of=as_of)

    def _invoice(self, invoice_ref: str, last: LastTry) -> GatewayInvoice:
        as_of = _now()
        with translated():
            raw = self._client.invoice.fetch(invoice_ref)
            if raw.get("payment_id"):
                last = replace(last, fee=fee_of(self._client.payment.fetch(raw["payment_id"])))
        with answer_of("Razorpay"):
            return read_invoice(raw, livemode=self._there.livemode, as_of=as_of, last=last)


def _terms(plan: Raw) -> tuple[Any, ...]:
    item = plan["item"]
    return plan["period"], plan["interval"], item["amount"], item["currency"]


def _last_try(told: Raw, payment: Raw) -> LastTry:
    """Of a failed charge: `pending` means that Razorpay tries again tomorrow."""
    failed = payment.get("status") == "failed"
    attempts = told.get("auth_attempts")
    again = failed and told.get("status") == "pending"
    return LastTry(
        failed=failed,
        attempts=attempts if isinstance(attempts, int) else 0,
        next_attempt_at=_now() + RETRIED_AFTER if again else None,
    )


def _now() -> datetime:
    return datetime.now(UTC)
