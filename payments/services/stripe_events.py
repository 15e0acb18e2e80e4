"""From a stored Stripe event to the effect it has on one of our payments.

A snapshot of what we need is taken at its word: Stripe signed it, and settling only goes forward.
Everything else (thin events, disputes, failures of slow methods, fields that moved in another API
version) is looked up at Stripe first.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q

from core.events import Event, Retry
from payments.gateways.interface import GatewayPayment, NotAtGateway
from payments.gateways.registry import gateway as gateway_named
from payments.gateways.stripe.adapter import StripeGateway
from payments.gateways.stripe.events import DISPUTED, SAYS_ENOUGH
from payments.gateways.stripe.reading import Unreadable, read
from payments.models import PaymentAttempt
from payments.services.disputes import mark_disputed
from payments.services.settle import settle

Effect = Callable[[], None]
Raw = dict[str, Any]


class NotOurs(Exception):
    """The event is about something Tradewind did not start."""


class NotYet(Retry):
    """The event names a payment of ours that is not here (yet): the delivery is tried again."""


def effect_of(event: Event) -> Effect:
    """What is to be done; asks Stripe where needed, so call it outside transactions.

    Raises NotOurs, NotYet, GatewayError; the effect raises NotYet.
    """
    about = _about(event)
    seen = _seen(event, about)
    if not seen.reference:
        raise NotOurs(f"{about.get('id')} was not started by Tradewind.")
    attempt_id = seen.attempt_id or _attempt_of(seen)

    def effect() -> None:
        try:
            settle(attempt_id=attempt_id, seen=seen, source=f"event {event.id}")
        except PaymentAttempt.DoesNotExist:
            raise NotYet(f"No attempt of {seen.reference} is known here yet.") from None
        if event.type in DISPUTED:
            mark_disputed(attempt_id=attempt_id, raw=about)

    return effect


def _about(event: Event) -> Raw:
    """The object in the event: whole in a snapshot, id and kind in a thin one."""
    try:
        body = msgspec.json.decode(event.body or b"")
        if body.get("object") == "v2.core.event":
            return dict(body["related_object"])
        return dict(body["data"]["object"])
    except (msgspec.DecodeError, UnicodeError, KeyError, TypeError, AttributeError) as error:
        raise NotOurs(f"The event cannot be read: {error!r}") from error


def _seen(event: Event, about: Raw) -> GatewayPayment:
    """How the payment stands, from the body or from Stripe."""
    if event.type in SAYS_ENOUGH:
        try:
            return read(about)
        except Unreadable:
            pass  # another API version, or a thin event
    kind, there = str(about.get("object") or about.get("type")), _stripe()
    reference = str(about.get("id") or "")
    try:
        if kind == "checkout.session":
            return there.fetch(gateway_ref=reference)
        if kind == "payment_intent":
            return there.fetch(payment_ref=reference)
        return _by_money(there, kind, about, reference)
    except NotAtGateway as why:
        raise NotOurs(f"Stripe does not know {reference}.") from why


def _by_money(there: StripeGateway, kind: str, about: Raw, reference: str) -> GatewayPayment:
    """A charge or a dispute: through the intent it belongs to."""
    intent, charge = about.get("payment_intent"), about.get("charge")
    if isinstance(intent, str) and intent:
        return there.fetch(payment_ref=intent)
    if kind == "charge":
        charge = reference
    if isinstance(charge, str) and charge:
        return there.fetch_charge(charge)
    raise NotOurs(f"{kind} {reference} names no payment.")


def _stripe() -> StripeGateway:
    there = gateway_named("stripe")
    assert isinstance(there, StripeGateway)  # noqa: S101 - for the type checker
    return there


def _attempt_of(seen: GatewayPayment) -> UUID:
    """Our attempt by its names at Stripe, where the id that we gave along did not come back."""
    named = Q(gateway_ref=seen.gateway_ref) if seen.gateway_ref else Q()
    if seen.payment_ref:
        named |= Q(gateway_payment_ref=seen.payment_ref)
    with transaction.atomic():
        found = PaymentAttempt.objects.filter(named, gateway="stripe").values_list("pk", flat=True)
        attempt_id = found.first() if named else None
    if attempt_id is None:
        raise NotYet(f"No attempt of {seen.reference} is known here yet.")
    return attempt_id
