"""From a stored webhook to its effect: the gateway says what it means, the services act."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core.events import Event, Ignore, Retry
from payments.gateways.interface import GatewayPayment, GatewayRefund, News
from payments.gateways.registry import gateway as gateway_named
from payments.models import PaymentAttempt
from payments.services import refunds
from payments.services.billing.invoice_money import take_back
from payments.services.disputes import observing as disputes
from payments.services.settle import settle

Effect = Callable[[], None]


WAITED_FOR = 6  # tries (about a minute): by then the invoice that was paid has been told of


class NotYet(Retry):
    """The event names a payment of ours that is not here (yet): the delivery is tried again."""


def effect_of(event: Event) -> Effect:
    """What is to be done; may ask the gateway, so call it outside transactions.

    Raises NotOurs, GatewayError; the effect raises NotYet.
    """
    there = gateway_named(event.source)
    kind = event.type.removeprefix(f"{event.source}.")
    news = there.interpret(kind=kind, body=event.body or b"")

    def effect() -> None:
        for one in news:
            _apply(event.source, one, told_by=f"event {event.id}", attempt=event.attempt)

    return effect


def _apply(gateway: str, news: News, *, told_by: str, attempt: int = 1) -> None:
    if not isinstance(news, GatewayPayment):
        if take_back(gateway=gateway, seen=news, source=told_by):
            return
        if not news.reference and attempt > WAITED_FOR:
            raise Ignore(f"{news.payment_ref} paid nothing that Tradewind knows.")
    attempt_id = _attempt_of(gateway, news)
    if isinstance(news, GatewayPayment):
        try:
            settle(attempt_id=attempt_id, seen=news, source=told_by)
        except PaymentAttempt.DoesNotExist:
            raise NotYet(f"No attempt of {news.reference} is known here yet.") from None
    elif isinstance(news, GatewayRefund):
        refunds.observe(attempt_id=attempt_id, seen=news, source=told_by)
    else:
        disputes.observe(attempt_id=attempt_id, seen=news, source=told_by)


def _attempt_of(gateway: str, news: News) -> UUID:
    """Our attempt: by the id that came back, else by its names at the gateway."""
    if isinstance(news, GatewayPayment) and news.attempt_id:
        return news.attempt_id
    named = Q(gateway_payment_ref=news.payment_ref) if news.payment_ref else Q()
    if isinstance(news, GatewayPayment) and news.gateway_ref:
        named |= Q(gateway_ref=news.gateway_ref)
    with transaction.atomic():
        rows = PaymentAttempt.objects.filter(named, gateway=gateway)
        attempt_id = rows.values_list("pk", flat=True).first() if named else None
    if attempt_id is None:
        raise NotYet(f"No attempt of {news.reference or news.payment_ref} is known here yet.")
    return attempt_id
