"""Somebody wants to subscribe: a row first, then the gateway's page."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.services.tiers import lock_user
from core.audit import record_audit
from core.errors import Conflict, NotFound, Unprocessable, UpstreamUnavailable
from payments.billing_enums import LIVE_SUBSCRIPTIONS
from payments.gateways.billing import Ability, HostedPage, SubscriptionStart
from payments.gateways.interface import GatewayError
from payments.gateways.registry import billing_gateway
from payments.house import as_house
from payments.models import CheckoutSession, Subscription
from payments.services.billing.customers import customer_at
from payments.services.billing.fresh_keys import answered_failures
from payments.services.billing.plans import Offer, ref_at

STILL_OPEN = timedelta(minutes=5)  # a page that closes sooner is no use to anybody


def open_session(
    *, user_id: UUID, offer: Offer, success_url: str, cancel_url: str
) -> CheckoutSession:
    """The row of a page to be; the same page again while it is open.

    A trial is given once per person. Raises Conflict when they have a subscription, NotFound.
    """
    with as_house("subscribe"), transaction.atomic():
        if lock_user(user_id) is None:
            raise NotFound("There is no such user.")
        refuse_second(user_id)
        again = CheckoutSession.objects.filter(
            user_id=user_id,
            price=offer.price,
            gateway=offer.gateway,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at__gt=datetime.now(UTC) + STILL_OPEN,
        ).first()
        if again is not None:
            return again
        is_first = not Subscription.objects.filter(user_id=user_id).exists()
        row = CheckoutSession.objects.create(
            user_id=user_id,
            price=offer.price,
            gateway=offer.gateway,
            trial_days=offer.price.plan.trial_days if is_first else 0,
            success_url=success_url,
            cancel_url=cancel_url,
        )
        details = {"plan": offer.price.plan.code, "gateway": offer.gateway}
        record_audit(action="billing.checkout", resource=row, details=details)
        return row


def submit_session(*, session_id: UUID) -> CheckoutSession:
    """Have the page; again = the same page. Calls the gateway outside transactions.

    Raises UpstreamUnavailable, Unprocessable when the gateway refuses.
    """
    with as_house("subscribe"), transaction.atomic():
        row = CheckoutSession.objects.select_related("price__plan", "user").get(pk=session_id)
    if row.url:
        return row
    try:
        adapter = billing_gateway(row.gateway)
        trial_days = row.trial_days if Ability.TRIAL in adapter.CAN else 0
        customer = customer_at(user_id=row.user_id, gateway=row.gateway)
        start = SubscriptionStart(
            user_id=row.user_id,
            email=customer.email,
            customer_ref=customer.customer_ref or "",
            price_ref=ref_at(row.price, row.gateway),
            amount=row.price.amount,
            trial_days=trial_days,
            idempotency_key=row.idempotency_key,
            success_url=row.success_url,
            cancel_url=row.cancel_url,
        )
        with answered_failures(row):
            page = adapter.start_subscription(start)
    except GatewayError as error:
        if error.retryable:
            raise UpstreamUnavailable(
                f"{error.message} Nothing was lost; try again in a moment."
            ) from error
        raise Unprocessable(error.message) from error
    return _opened(row, page)


def refuse_second(user_id: UUID) -> None:
    """One subscription per person. Raises Conflict that says what to do instead."""
    live = Subscription.objects.filter(user_id=user_id, state__in=LIVE_SUBSCRIPTIONS)
    current = live.select_related("price__plan").first()
    if current is not None:
        name = current.price.plan.name if current.price else "a plan"
        raise Conflict(
            f"You have {name} already. Change its plan: PATCH /api/v1/billing/subscription/.",
            details={"plan": ["Change the plan of the subscription you have."]},
        )


def _opened(row: CheckoutSession, page: HostedPage) -> CheckoutSession:
    with as_house("subscribe"), transaction.atomic():
        row.gateway_ref, row.url, row.expires_at = page.ref, page.url, page.expires_at
        row.save(update_fields=["gateway_ref", "url", "expires_at", "updated_at"])
    return row
