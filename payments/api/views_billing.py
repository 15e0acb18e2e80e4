"""Doors of subscriptions: what there is, subscribing, one's own subscription."""

from typing import Any

from django.conf import settings
from django.db import transaction
from rest_framework.request import Request

from accounts.api.person import person
from core.api import ApiView, Response, idempotent
from payments import limits, subscription_cache
from payments.api import answers_billing as answers
from payments.api.inputs_billing import NewSubscription, PortalVisit, SubscriptionChange
from payments.house import as_house
from payments.models import CheckoutSession, Subscription
from payments.services.billing import steps
from payments.services.billing.checkout_sessions import open_session, submit_session
from payments.services.billing.plans import choose_price

ADDRESSES = ("success_url", "cancel_url")


class PlansView(ApiView):
    """What may be subscribed to, and where it may be paid."""

    public = True
    atomic = False
    output = answers.PLANS_SCHEMA

    def get(self, request: Request) -> Response:
        """All of them, from the least to the most."""
        with as_house("plans"), transaction.atomic():
            return Response(answers.plans())


class CheckoutSessionView(ApiView):
    """Subscribe on the gateway's page."""

    scopes = {"POST": "billing:write"}
    input = NewSubscription
    output = (201, answers.SESSION_SCHEMA)

    @idempotent
    @transaction.non_atomic_requests
    def post(self, request: Request) -> Response:
        """A row first, then the gateway; after a 502 the same request goes on with it."""
        given = self.valid()
        user_id = person(request).pk
        limits.CHECKOUT.spend(str(user_id))
        claim = request.idempotency  # type: ignore[attr-defined]  # set by @idempotent
        if claim.recovered is None:
            addresses = {name: given.pop(name) or settings.BASE_URL for name in ADDRESSES}
            offer = choose_price(**given)
            with transaction.atomic():
                row = open_session(user_id=user_id, offer=offer, **addresses)
                claim.remember({"session": str(row.pk)})
        submit_session(session_id=claim.recovered["session"])
        with transaction.atomic():
            made = CheckoutSession.objects.select_related("price__plan").get(
                pk=claim.recovered["session"]
            )
            return Response(answers.session(made), status=201)


class SubscriptionView(ApiView):
    """One's own subscription, and what it allows now."""

    scopes = {"GET": "billing:read", "PATCH": "billing:write"}
    input = {"PATCH": SubscriptionChange}
    output = answers.SUBSCRIPTION_SCHEMA

    def get(self, request: Request) -> Response:
        """Remembered for five minutes; what it allows is worked out each time."""
        user_id = person(request).pk
        row, cached = subscription_cache.read(user_id, lambda: answers.subscription_of(user_id))
        return Response(answers.subscription_answer(row, cached=cached))

    @transaction.non_atomic_requests
    def patch(self, request: Request) -> Response:
        """Another plan (more at once, less from the next period on), an end, the end taken back."""
        given = self.valid()
        user_id = person(request).pk
        limits.BILLING_STEP.spend(str(user_id))
        _step(steps.live_subscription(user_id), given)
        subscription_cache.forget(user_id)
        with transaction.atomic():
            row = answers.subscription_of(user_id)
        return Response(answers.subscription_answer(row, cached=False))


class PortalView(ApiView):
    """The gateway's own page for cards and invoices."""

    atomic = False
    scopes = {"POST": "billing:write"}
    input = PortalVisit
    output = (200, answers.PORTAL_SCHEMA)

    def post(self, request: Request) -> Response:
        """An address that is good for some minutes."""
        given = self.valid()
        user_id = person(request).pk
        limits.BILLING_STEP.spend(str(user_id))
        page = steps.portal(user_id=user_id, return_url=given["return_url"])
        return Response({"url": page.url})


def _step(subscription: Subscription, given: dict[str, Any]) -> None:
    if given["action"] == "cancel":
        at_end = given.get("at", "period_end") == "period_end"
        steps.cancel(subscription=subscription, at_period_end=at_end, source="their wish")
    elif given["action"] == "resume":
        steps.resume(subscription=subscription, source="their wish")
    else:
        current = subscription.price
        interval = given.get("interval") or (current.interval if current else "month")
        offer = choose_price(
            plan=given["plan"],
            interval=interval,
            currency=current.currency if current else "",
            gateway=subscription.gateway,
        )
        steps.change_plan(subscription=subscription, price=offer.price, source="their wish")
