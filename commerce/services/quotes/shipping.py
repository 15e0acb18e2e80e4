"""The ways an order can be sent, and what each costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from commerce.models import ShippingMethod, ShippingPlace, ShippingRate, ShippingZone
from commerce.pricing import Delivery
from commerce.pricing.shipping import Band, Destination, closest, price_of
from core.money import Money


@dataclass(frozen=True, slots=True)
class Option:
    """A way of sending these goods there. `full_price`: before any code."""

    method: ShippingMethod
    name: str
    full_price: Money

    @property
    def delivery(self) -> Delivery:
        """As the figures need it."""
        return Delivery(
            code=self.method.code,
            name=self.name,
            price=self.full_price,
            tax_class=self.method.tax_class,
        )


def options_for(
    destination: Destination, *, weight: int, value: Money, language: str, now: datetime
) -> list[Option]:
    """All ways to send goods of a weight (grams) and value there, cheapest first.

    Three queries, however many zones there are.
    """
    place = closest(
        ShippingPlace.objects.filter(country__in=["", destination.country]), destination
    )
    if place is None:
        return []
    options = []
    for method in _methods(place.zone_id, value.currency, now):
        if method.max_weight_grams is not None and weight > method.max_weight_grams:
            continue
        price = price_of(_bands(method), weight=weight, value=value)
        if price is not None:
            options.append(Option(method, method.name_in(language), price))
    return sorted(options, key=lambda one: (one.full_price, one.method.position, one.method.code))


def ships_at_all() -> bool:
    """Whether staff have set up shipping; until then nothing is charged for it."""
    return ShippingZone.objects.exists()


def _methods(zone_id: UUID, currency: str, now: datetime) -> Sequence[ShippingMethod]:
    rates = ShippingRate.objects.filter(currency=currency)
    return list(
        ShippingMethod.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=now),
            Q(valid_to__isnull=True) | Q(valid_to__gt=now),
            zone_id=zone_id,
            is_active=True,
        ).prefetch_related(Prefetch("rates", rates, to_attr="rates_here"))
    )


def _bands(method: ShippingMethod) -> list[Band]:
    rates: list[ShippingRate] = method.rates_here  # type: ignore[attr-defined]  # of _methods
    return [
        Band(
            price=rate.price,
            from_weight=rate.from_weight_grams,
            from_value=rate.from_order_minor,
            free_from=rate.free_from_minor,
        )
        for rate in rates
    ]
