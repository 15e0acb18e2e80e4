"""What a person, or staff for them, may do to a subscription. The gateway does it; we mirror.

Keys come from the row and from how it stood, so that the same wish tried again is the same step,
and the same wish after the next news is a new one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from accounts.enums import Tier
from accounts.services.tiers import lock_user
from core.audit import record_audit
from core.errors import Conflict, NotFound, Unprocessable, UpstreamUnavailable
from payments.billing_enums import LIVE_SUBSCRIPTIONS, SubscriptionState
from payments.enums import GatewayName
from payments.gateways.billing import Ability, BillingGateway, GatewaySubscription, HostedPage
from payments.gateways.interface import GatewayError, NotAtGateway
from payments.gateways.registry import billing_gateway
from payments.house import as_house
from payments.models import PlanPrice, Subscription
from payments.services.billing import subscriptions
from payments.services.billing.customers import customer_at
from payments.services.billing.fresh_keys import answered_failures
from payments.services.billing.plans import ref_at

Step = Callable[[BillingGateway], GatewaySubscription]


def live_subscription(user_id: UUID) -> Subscription:
    """The one that counts. Raises NotFound."""
    with as_house("own subscription"), transaction.atomic():
        rows = Subscription.objects.filter(
            user_id=user_id, state__in=LIVE_SUBSCRIPTIONS, surplus=False
        )
        row = rows.select_related("price__plan").first()
    if row is None:
        raise NotFound("There is no subscription to change.")
    return row


def change_plan(*, subscription: Subscription, price: PlanPrice, source: str) -> Subscription:
    """To another price. More is given and charged at once, prorated by the gateway; less begins
    with the next period, since this one is paid for. The plan they have takes a wish back.

    Raises Conflict, Unprocessable, UpstreamUnavailable.
    """
    _check_change(subscription, price)
    if price.pk == subscription.price_id:
        return _wish(subscription, None)
    if _is_less(price, subscription):
        return _wish(subscription, price)
    return _changed_now(subscription, price, source)


def apply_wish(*, subscription: Subscription) -> Subscription:
    """The period ends: the smaller plan begins."""
    if subscription.next_price is None:
        return subscription
    _check_change(subscription, subscription.next_price)
    return _changed_now(subscription, subscription.next_price, "wished for earlier")


def cancel(*, subscription: Subscription, at_period_end: bool, source: str) -> Subscription:
    """End it now, or when the paid period does. Raises like `change_plan`."""
    _need_live(subscription)
    if at_period_end and subscription.cancel_at_period_end:
        return subscription
    word = "cancel-at-end" if at_period_end else "cancel-now"

    def step(there: BillingGateway) -> GatewaySubscription:
        if at_period_end:
            _need(there, Ability.CANCEL_AT_PERIOD_END, "end at the end of its period")
        return there.cancel(
            subscription_ref=subscription.gateway_ref,
            at_period_end=at_period_end,
            idempotency_key=_key(subscription, word),
        )

    return _done(subscription, step, word, source)


def resume(*, subscription: Subscription, source: str) -> Subscription:
    """Take back a cancellation that has not happened yet. Raises like `change_plan`."""
    _need_live(subscription)
    if not subscription.cancel_at_period_end:
        raise Conflict("The subscription is not going to end: there is nothing to resume.")

    def step(there: BillingGateway) -> GatewaySubscription:
        _need(there, Ability.RESUME, "be resumed")
        return there.resume(
            subscription_ref=subscription.gateway_ref,
            idempotency_key=_key(subscription, "resume"),
        )

    return _done(subscription, step, "resume", source)


def ask(*, subscription: Subscription, source: str) -> Subscription:
    """Bring it up to date with what the gateway shows now. Raises UpstreamUnavailable."""
    with as_house("ask about a subscription"), transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).update(asked_at=datetime.now(UTC))
    seen = _called(subscription, lambda there: there.fetch_subscription(subscription.gateway_ref))
    return subscriptions.observe(gateway=subscription.gateway, seen=seen, source=source)


def portal(*, user_id: UUID, return_url: str) -> HostedPage:
    """The gateway's own page for cards and invoices, also before anything was subscribed to.

    Raises Unprocessable, UpstreamUnavailable.
    """
    with as_house("billing portal"), transaction.atomic():
        last = Subscription.objects.filter(user_id=user_id).order_by("surplus", "-id").first()
    gateway = last.gateway if last else GatewayName.STRIPE.value
    try:
        there = billing_gateway(gateway)
        _need(there, Ability.PORTAL, "be managed on a page of the gateway")
        known = last.customer_ref if last else ""
        return there.portal(
            customer_ref=known or customer_at(user_id=user_id, gateway=gateway).customer_ref or "",
            subscription_ref=last.gateway_ref if last else "",
            return_url=return_url,
        )
    except GatewayError as error:
        raise _refusal(error) from error


def _changed_now(subscription: Subscription, price: PlanPrice, source: str) -> Subscription:
    def step(gateway: BillingGateway) -> GatewaySubscription:
        _need(gateway, Ability.CHANGE, "change its plan")
        return gateway.change_plan(
            subscription_ref=subscription.gateway_ref,
            price_ref=ref_at(price, subscription.gateway),
            idempotency_key=_key(subscription, f"change:{price.pk}"),
        )

    return _done(subscription, step, "change", source)


def _wish(subscription: Subscription, price: PlanPrice | None) -> Subscription:
    """From the next period on; or no more."""
    with as_house("change a plan"), transaction.atomic():
        lock_user(subscription.user_id)
        row = Subscription.objects.select_related("price__plan").get(pk=subscription.pk)
        if row.next_price_id != (price.pk if price else None):
            row.next_price = price
            row.save(update_fields=["next_price", "updated_at"])
            details = {"next_plan": price.plan.code if price else None}
            record_audit(action="subscription.wish", resource=row, details=details)
            subscriptions.announce("subscription.updated", row)
        return row


def _check_change(subscription: Subscription, price: PlanPrice) -> None:
    """Refuse what cannot be. Raises Conflict."""
    _need_live(subscription)
    if subscription.cancel_at_period_end:
        raise Conflict("The subscription is going to end. Resume it before changing the plan.")
    if subscription.price is not None and price.currency != subscription.price.currency:
        raise Conflict(
            f"The subscription is paid in {subscription.price.currency}: its currency stays."
        )


def _is_less(price: PlanPrice, subscription: Subscription) -> bool:
    """A lower tier, or the same for a shorter period."""
    current = subscription.price
    if current is None:
        return False
    ranks = Tier(price.plan.tier).rank, Tier(current.plan.tier).rank
    return ranks[0] < ranks[1] or (ranks[0] == ranks[1] and price.months < current.months)


def _need_live(subscription: Subscription) -> None:
    if not subscription.is_live:
        state = SubscriptionState(subscription.state).label.lower()
        raise Conflict(f"The subscription is {state}: it cannot be changed any more.")


def _need(there: BillingGateway, ability: Ability, what: str) -> None:
    if ability not in there.CAN:
        raise Unprocessable(f"At {there.slug} a subscription cannot {what}.")


def _key(subscription: Subscription, word: str) -> str:
    stood = f"{subscription.as_of.isoformat()}:{subscription.failures}"
    return f"subscription:{subscription.pk}:{word}:{stood}"


def _done(subscription: Subscription, step: Step, word: str, source: str) -> Subscription:
    """Have the gateway do it, and believe what it answers."""
    seen = _called(subscription, step)
    with as_house("subscription step"), transaction.atomic():
        record_audit(action=f"subscription.{word}", resource=subscription)
        return subscriptions.observe(gateway=subscription.gateway, seen=seen, source=source)


def _called(subscription: Subscription, step: Step) -> GatewaySubscription:
    try:
        there = billing_gateway(subscription.gateway)
        with answered_failures(subscription):
            return step(there)
    except GatewayError as error:
        raise _refusal(error) from error


def _refusal(error: GatewayError) -> Exception:
    if isinstance(error, NotAtGateway):
        return Unprocessable("The gateway does not know this subscription.")
    if error.retryable:
        return UpstreamUnavailable(f"{error.message} Nothing was changed; try again in a moment.")
    return Unprocessable(error.message)
