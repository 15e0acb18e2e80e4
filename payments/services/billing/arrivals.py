"""From a stored webhook about subscriptions to its effect."""

from collections.abc import Callable

from core.events import Event, Ignore
from payments.gateways.billing import BillingNews, GatewayCustomer, GatewaySubscription
from payments.gateways.interface import NotOurs
from payments.gateways.registry import billing_gateway
from payments.gateways.registry import gateway as gateway_named
from payments.services.billing import customers, invoices, subscriptions

Effect = Callable[[], None]


def effect_of(event: Event) -> Effect:
    """What is to be done; may ask the gateway, so call it outside transactions.

    Raises NotOurs, GatewayError; the effect raises Ignore for a stranger's, Retry.
    """
    there = billing_gateway(event.source)
    kind = event.type.removeprefix(f"{event.source}.")
    news = there.interpret_billing(kind=kind, body=event.body or b"")
    _check_mode(event.source, news)

    def effect() -> None:
        for one in news:
            try:
                apply(event.source, one, told_by=f"event {event.id}")
            except NotOurs as why:
                raise Ignore(str(why)) from why

    return effect


def apply(gateway: str, news: BillingNews, *, told_by: str) -> None:
    """One piece of news, to the service it concerns. Raises NotOurs, Retry."""
    if isinstance(news, GatewayCustomer):
        customers.observe(gateway=gateway, seen=news, source=told_by)
    elif isinstance(news, GatewaySubscription):
        subscriptions.observe(gateway=gateway, seen=news, source=told_by)
    else:
        invoices.observe(gateway=gateway, seen=news, source=told_by)


def _check_mode(gateway: str, news: list[BillingNews]) -> None:
    """Test money opens no door of a live shop, nor the other way round."""
    ours = gateway_named(gateway).livemode
    if any(one.livemode != ours for one in news):
        raise NotOurs("It is real money, our key moves test money." if not ours else "Test money.")
