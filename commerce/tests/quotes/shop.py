"""A shop with taxes, ways of sending and codes."""

from datetime import date
from typing import Any

from django.db import transaction

from commerce.models import (
    Coupon,
    CouponTerms,
    ShippingMethod,
    ShippingPlace,
    ShippingRate,
    ShippingZone,
    TaxRate,
)


@transaction.atomic
def make_rate(country: str = "FR", percent: str = "20", **fields: Any) -> TaxRate:
    """A tax since the beginning of 2020, contained in prices unless told otherwise."""
    defaults = {"name": "VAT", "valid_from": date(2020, 1, 1), "is_included": True}
    return TaxRate.objects.create(**(defaults | {"country": country, "percent": percent} | fields))


@transaction.atomic
def make_zone(*places: str, name: str = "") -> ShippingZone:
    """A zone of these countries; "" is everywhere else."""
    zone = ShippingZone.objects.create(name=name or f"Zone of {', '.join(places) or 'all'}")
    for country in places:
        ShippingPlace.objects.create(zone=zone, country=country)
    return zone


@transaction.atomic
def make_method(
    zone: ShippingZone,
    code: str = "standard",
    price: int = 490,
    *,
    currency: str = "EUR",
    free_from: int | None = None,
    **fields: Any,
) -> ShippingMethod:
    """A way of sending at one price."""
    method = ShippingMethod.objects.create(
        zone=zone, code=code, **({"name": code.capitalize()} | fields)
    )
    ShippingRate.objects.create(
        method=method, currency=currency, price_minor=price, free_from_minor=free_from
    )
    return method


@transaction.atomic
def make_coupon(code: str = "SPRING", percent: str | None = "10", **fields: Any) -> Coupon:
    """Ten percent off for everybody, unless told otherwise."""
    kind = "percent" if percent else "fixed"
    return Coupon.objects.create(**({"code": code, "kind": kind, "percent": percent} | fields))


@transaction.atomic
def make_amount_off(code: str, minor: int, *, currency: str = "EUR", **fields: Any) -> Coupon:
    """So much off in one currency."""
    coupon = make_coupon(code, None, **fields)
    CouponTerms.objects.create(coupon=coupon, currency=currency, off_minor=minor)
    return coupon
