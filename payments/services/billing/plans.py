"""Plans and prices: made here, made known at the gateways, found again by their names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from core.audit import record_audit
from core.errors import Invalid, NotFound
from core.ids import new_id
from core.money import Money
from payments.billing_enums import Interval, PlanState
from payments.enums import GatewayName
from payments.gateways.billing import PriceOffer
from payments.gateways.interface import GatewayError
from payments.gateways.minor_units import to_gateway
from payments.gateways.registry import billing_gateway, is_configured
from payments.house import as_house
from payments.models import GatewayPrice, Plan, PlanPrice
from payments.services.offers import takers


@dataclass
class Synced:
    """What `sync_prices` did: prices made known, and sentences about those that were not."""

    known: int = 0
    made: int = 0
    refused: list[str] = field(default_factory=list)


def ensure_plan(*, code: str, **terms: Any) -> Plan:
    """The plan of this code; made with `terms` when it is new, left alone when it is not."""
    with as_house("plans"), transaction.atomic():
        plan, _ = Plan.objects.get_or_create(code=code, defaults=terms)
        return plan


def set_price(*, plan: Plan, interval: Interval, amount: Money) -> PlanPrice:
    """What one period of the plan costs from now on, in the currency of `amount`.

    The former price stops being offered; who subscribed to it keeps it. Raises Invalid for
    nothing or less. Runs under the caller's identity.
    """
    if amount.minor <= 0:
        raise Invalid("A price is more than nothing.", details={"amount": ["More than nothing."]})
    with transaction.atomic():
        Plan.objects.select_for_update().get(pk=plan.pk)
        offered = PlanPrice.objects.filter(
            plan=plan, interval=interval, currency=amount.currency, offered=True
        )
        current = offered.first()
        if current is not None and current.amount == amount:
            return current
        offered.update(offered=False)
        price = PlanPrice.objects.create(
            plan=plan, interval=interval, currency=amount.currency, amount_minor=amount.minor
        )
        record_audit(action="plan.set_price", resource=plan, details={"price": str(amount)})
        return price


def withdraw_price(*, price: PlanPrice) -> None:
    """It is not offered any more. Runs under the caller's identity."""
    with transaction.atomic():
        PlanPrice.objects.filter(pk=price.pk).update(offered=False)
        record_audit(action="plan.withdraw_price", resource=price.plan)


def sync_prices(*, gateways: Sequence[str] = ()) -> Synced:
    """Make every offered price known at every gateway with a key that can take its currency.

    May be run again: what is known is not asked about. Calls the gateways outside transactions.
    """
    done = Synced()
    with as_house("sync plans"), transaction.atomic():
        prices = list(
            PlanPrice.objects.filter(offered=True, plan__state=PlanState.ACTIVE)
            .select_related("plan")
            .order_by("plan__code", "interval", "currency")
        )
        known = set(GatewayPrice.objects.values_list("price_id", "gateway"))
    for name in gateways or [name for name in GatewayName.values if is_configured(name)]:
        for price in prices:
            if (price.pk, name) in known:
                done.known += 1
            elif not _make_known(name, price, done):
                break
    return done


@dataclass(frozen=True, slots=True)
class Offer:
    """A price, and the gateway through which it is to be paid."""

    price: PlanPrice
    gateway: str


def choose_price(
    *, plan: str, interval: str = Interval.MONTH, currency: str = "", gateway: str = ""
) -> Offer:
    """The offered price somebody means, at the gateway they mean or the first that can take it.

    The gateway need not know it yet: it is told when the page is opened (`ref_at`). Without a
    currency it is the house's, else the first there is. Raises NotFound, Invalid.
    """
    with as_house("choose a price"), transaction.atomic():
        if not Plan.objects.filter(code=plan, state=PlanState.ACTIVE).exists():
            raise NotFound("There is no such plan.", details={"plan": ["Not known."]})
        rows = PlanPrice.objects.filter(plan__code=plan, offered=True, interval=interval)
        rows = rows.filter(currency=currency) if currency else rows
        prices = list(rows.select_related("plan"))
    offers = [
        Offer(price, name)
        for price in prices
        for name in ([gateway] if gateway else takers(price.amount))
    ]
    if not offers:
        raise Invalid(
            "This plan is not offered like that.",
            details={"plan": ["See /api/v1/billing/plans/ for intervals, currencies, gateways."]},
        )
    chosen = min(offers, key=_preferred)
    to_gateway(chosen.gateway, chosen.price.amount)
    return chosen


def ref_at(price: PlanPrice, gateway: str) -> str:
    """The gateway's name of a price, made known there if need be; outside transactions.

    Raises GatewayError, Invalid.
    """
    with as_house("a price at a gateway"), transaction.atomic():
        known = GatewayPrice.objects.filter(price=price, gateway=gateway).first()
    if known is not None:
        return known.ref
    ref = billing_gateway(gateway).ensure_price(
        PriceOffer(
            price_id=price.pk,
            plan_code=price.plan.code,
            plan_name=price.plan.name,
            amount=price.amount,
            months=price.months,
            idempotency_key=f"price:{price.pk}:{new_id()}",  # asked for before it is made
        )
    )
    with as_house("a price at a gateway"), transaction.atomic():
        made, _ = GatewayPrice.objects.get_or_create(
            price=price, gateway=gateway, defaults={"ref": ref}
        )
    return made.ref


def _preferred(one: Offer) -> tuple[bool, str, int]:
    currency = one.price.currency
    return currency != settings.BASE_CURRENCY, currency, GatewayName.values.index(one.gateway)


def _make_known(name: str, price: PlanPrice, done: Synced) -> bool:
    """False when the gateway is not there at all: no use in asking it for the next one."""
    try:
        to_gateway(name, price.amount)
        ref_at(price, name)
    except Invalid as why:
        done.refused.append(f"{price}: {why.message}")
        return True
    except GatewayError as why:
        done.refused.append(f"{name}: {why.message}")
        return not why.retryable
    done.made += 1
    return True
