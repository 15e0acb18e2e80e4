"""From a stored Stripe event to the effect it has on one of our payments.

A snapshot of what we need is taken at its word: Stripe signed it, and settling only goes forward.
Everything else (thin events, disputes, failures of slow methods, fields that moved in another API
version) is looked up at Stripe first.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from django.db import transaction

from core.events import Event
from payments.gateways.interface import GatewayPayment, NotAtGateway
from payments.gateways.registry import gateway as gateway_named
from payments.gateways.stripe.adapter import StripeGateway
from payments.gateways.stripe.events import DISPUTED, SAYS_ENOUGH
from payments.gateways.stripe.reading import Unreadable, read
from payments.models import PaymentAttempt
from payments.services.disputes import mark_disputed
from payments.services.settle import settle

Effect = Callable[[], None]
Steps = list[Callable[[], object]]
Raw = dict[str, Any]


class NotOurs(Exception):
    """The event is about something Tradewind did not start."""


class NotYet(Exception):
    """The event names a payment of ours that is not here (yet)."""


def effect_of(event: Event) -> Effect:
    """What is to be done; asks Stripe where needed, so call it outside transactions.

    Raises NotOurs, NotYet, GatewayError.
    """
    about = _about(event)
    seen = _seen(event, about)
    if not seen.reference:
        raise NotOurs(f"{about.get('id')} was not started by Tradewind.")
    attempt = _attempt(seen)
    effects: Steps = [partial(settle, attempt_id=attempt.pk, seen=seen, source=f"event {event.id}")]
    if event.type in DISPUTED:
        effects.append(partial(mark_disputed, attempt_id=attempt.pk, raw=about))

    def effect() -> None:
        for one in effects:
            one()

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


def _attempt(seen: GatewayPayment) -> PaymentAttempt:
    """Our attempt: by the page, by the money, by the id that we gave along."""
    with transaction.atomic():
        ours = PaymentAttempt.objects.filter(gateway="stripe")
        attempt = None
        if seen.gateway_ref:
            attempt = ours.filter(gateway_ref=seen.gateway_ref).first()
        if attempt is None and seen.payment_ref:
            attempt = ours.filter(gateway_payment_ref=seen.payment_ref).first()
        if attempt is None and seen.attempt_id:
            attempt = ours.filter(pk=seen.attempt_id).first()
    if attempt is None:
        raise NotYet(f"No attempt of {seen.reference} is known here yet.")
    return attempt
