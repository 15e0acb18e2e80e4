"""Paystack's subscriptions: a payment with a plan begins one, Paystack charges the card after that.

There is no trial and no other plan for a running subscription; ending one means that it is not
renewed. Its owner changes the card on a page of Paystack's.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from core.outbound import INTERACTIVE
from core.outbound.deadline import deadline
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
from payments.gateways.interface import GatewayError, Seen
from payments.gateways.minor_units import to_gateway
from payments.gateways.paystack import billing_reading as reading
from payments.gateways.paystack.adapter import PaystackGateway
from payments.gateways.paystack.billing_interpret import first_invoice_of, interpret
from payments.gateways.paystack.errors import DuplicateReference
from payments.gateways.paystack.reading import answered
from payments.gateways.paystack.words import (
    CANCEL_KEY,
    USER_KEY,
    is_subscription_page,
    plan_note,
    subscription_page,
)
from payments.gateways.reading import Raw, named

PAGE_GOOD_FOR = timedelta(hours=1)  # it has no end; who comes back sooner has the same one
MOST_PAGES = 5  # of one wish to subscribe; each after an answer that was lost


class PaystackBilling:
    """The subscriptions of one Paystack integration."""

    slug: ClassVar[str] = "paystack"
    CAN: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.PORTAL, Ability.CANCEL_AT_PERIOD_END, Ability.RESUME}
    )

    def __init__(self, integration: PaystackGateway) -> None:
        self.integration = integration
        self.client = integration.client

    @classmethod
    def from_settings(cls) -> "PaystackBilling":
        """The integration of the newest key. Raises GatewayError when there is none."""
        return cls(PaystackGateway.from_settings())

    def ensure_price(self, offer: PriceOffer) -> str:
        """The plan that names our price, else a new one."""
        interval = reading.INTERVALS.get(offer.months)
        if interval is None:
            raise GatewayError(f"Paystack has no period of {offer.months} months.", retryable=False)
        note = plan_note(offer.price_id)
        with deadline(INTERACTIVE):
            for plan in self.client.listed("/plan", {}):
                if plan.get("description") == note:
                    return _code(plan)
            made = self.client.post(
                "/plan",
                {
                    "name": offer.plan_name,
                    "description": note,
                    "amount": to_gateway(self.slug, offer.amount),
                    "currency": offer.amount.currency,
                    "interval": interval,
                },
            )
        return _code(made)

    def ensure_customer(
        self, *, user_id: UUID, email: str, name: str, idempotency_key: str
    ) -> GatewayCustomer:
        """Paystack knows customers by their address: the same one again is the same one."""
        first, _, last = name.partition(" ")
        wanted = {"email": email, "first_name": first, "last_name": last}
        made = self.client.post("/customer", wanted | {"metadata": {USER_KEY: str(user_id)}})
        return answered(reading.customer, made)

    def start_subscription(self, start: SubscriptionStart) -> HostedPage:
        """A payment page with the plan. The address of a page is told once: when that answer was
        lost, the next try opens another, unless the lost one was paid."""
        with deadline(INTERACTIVE):
            for number in range(MOST_PAGES):
                page = subscription_page(start.idempotency_key, number)
                try:
                    made = self.client.post("/transaction/initialize", _transaction(start, page))
                except DuplicateReference:
                    if self.integration.fetch(gateway_ref=page).state is Seen.CAPTURED:
                        return HostedPage(ref=page, url=start.success_url)
                    continue
                url = answered(lambda raw: named(raw["authorization_url"]), made)
                return HostedPage(page, url, datetime.now(UTC) + PAGE_GOOD_FOR)
        raise GatewayError("Paystack lost too many pages; begin anew.", retryable=False)

    def change_plan(
        self, *, subscription_ref: str, price_ref: str, idempotency_key: str
    ) -> GatewaySubscription:
        """Not at Paystack (see CAN)."""
        raise GatewayError("Paystack cannot change a running plan.", retryable=False)

    def cancel(
        self, *, subscription_ref: str, at_period_end: bool, idempotency_key: str
    ) -> GatewaySubscription:
        """Not renewed any more. Ended now, it is over here; Paystack has nothing more to do."""
        with deadline(INTERACTIVE):
            seen, raw = self._subscription(subscription_ref)
            if seen.state is not SubscriptionSeen.CANCELLED and not seen.cancel_at_period_end:
                self.client.post("/subscription/disable", _toggle(raw))
                seen, raw = self._subscription(subscription_ref)
        return seen if at_period_end else _ended(seen)

    def resume(self, *, subscription_ref: str, idempotency_key: str) -> GatewaySubscription:
        """Renewed again."""
        with deadline(INTERACTIVE):
            seen, raw = self._subscription(subscription_ref)
            if seen.cancel_at_period_end:
                self.client.post("/subscription/enable", _toggle(raw))
                seen, _ = self._subscription(subscription_ref)
        return seen

    def portal(self, *, customer_ref: str, subscription_ref: str, return_url: str) -> HostedPage:
        """Paystack's page for the card; it does not lead back."""
        made = self.client.get(f"/subscription/{subscription_ref}/manage/link")
        return HostedPage(ref=subscription_ref, url=answered(lambda raw: named(raw["link"]), made))

    def fetch_subscription(self, subscription_ref: str) -> GatewaySubscription:
        """How it stands now. Raises NotAtGateway."""
        return self._subscription(subscription_ref)[0]

    def fetch_invoice(self, invoice_ref: str) -> GatewayInvoice:
        """The first one, by its page. Paystack shows the others only with their subscription."""
        if not is_subscription_page(invoice_ref):
            raise GatewayError("Paystack shows no invoice by itself.", retryable=False)
        with deadline(INTERACTIVE):
            return first_invoice_of(self, invoice_ref)[1]

    def interpret_billing(self, *, kind: str, body: bytes) -> list[BillingNews]:
        """See billing_interpret.py."""
        with deadline(INTERACTIVE):
            return interpret(self, kind=kind, body=body)

    def _subscription(self, code: str) -> tuple[GatewaySubscription, Raw]:
        asked_at = datetime.now(UTC)
        raw = self.client.get(f"/subscription/{code}")
        return answered(lambda given: reading.subscription(given, as_of=asked_at), raw), raw


def _transaction(start: SubscriptionStart, page: str) -> Raw:
    return {
        "reference": page,
        "email": start.email,
        "amount": to_gateway("paystack", start.amount),
        "currency": start.amount.currency,
        "plan": start.price_ref,
        "callback_url": start.success_url,
        "metadata": {USER_KEY: str(start.user_id), CANCEL_KEY: start.cancel_url},
    }


def _toggle(raw: Raw) -> Raw:
    """Who may switch a subscription off and on: whoever has the token of its mails."""
    return {
        "code": answered(lambda given: named(given["subscription_code"]), raw),
        "token": answered(lambda given: named(given["email_token"]), raw),
    }


def _code(plan: Any) -> str:
    return answered(lambda raw: named(raw["plan_code"]), plan)


def _ended(seen: GatewaySubscription) -> GatewaySubscription:
    """The same, over."""
    if seen.state is SubscriptionSeen.CANCELLED:
        return seen
    return replace(
        seen,
        state=SubscriptionSeen.CANCELLED,
        cancel_at_period_end=False,
        cancelled_at=seen.as_of,
        ended_at=seen.as_of,
    )
