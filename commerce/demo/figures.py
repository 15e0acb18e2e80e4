"""Taxes, ways of sending and codes of the made-up shop, and what its orders cost by them.

Two regimes: in Europe and Japan prices contain the tax, in the United States it is added by state.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from commerce.demo.catalogue import CURRENCIES, price_in
from commerce.enums import CouponKind, TaxClass
from commerce.models import (
    Coupon,
    CouponTerms,
    ShippingMethod,
    ShippingPlace,
    ShippingRate,
    ShippingZone,
    TaxRate,
)
from commerce.pricing import Delivery, Goods, Quote, make_quote
from commerce.pricing.discount import Discount
from commerce.pricing.tax import PlacedRate, Rate, Rates
from core.identity import acting_as_system
from core.money import Money

CONTAINED = {"FR": "20", "DE": "19", "GB": "20", "JP": "10", "NL": "21", "IT": "22", "DK": "25"}
REDUCED = {"FR": "5.5", "DE": "7", "NL": "9", "IT": "10", "JP": "8"}
ADDED = {"NY": ("New York", "8.875"), "TX": ("Texas", "8.25"), "MA": ("Massachusetts", "6.25"),
         "CA": ("California", "7.25")}  # fmt: skip
STATES = {"Austin": "TX", "Boston": "MA", "Portland": "OR"}
SINCE = date(2024, 1, 1)
EUROPE = ("FR", "DE", "GB", "NL", "IT", "DK", "ES", "BE", "AT", "PT", "IE")
WAYS = {  # code: (name, names, fastest, slowest, cents in Europe, cents elsewhere, free from cents)
    "standard": ("Standard", {"fr": "Colis standard", "ar": "شحن عادي"}, 3, 6, 490, 990, 9000),
    "express": ("Express", {"fr": "Express", "ar": "شحن سريع"}, 1, 2, 1290, 2490, None),
    "pickup-point": ("Pickup point", {"fr": "Point relais", "ar": "نقطة استلام"}, 3, 7, 590, 1290,
                     7000),
}  # fmt: skip
SPRING = Decimal(10)


def set_prices_of_sending_and_tax() -> None:
    """What is not there yet; a shop that has rates or zones of its own is left as it is."""
    with acting_as_system("demo"), transaction.atomic():
        if not TaxRate.objects.exists():
            TaxRate.objects.bulk_create(_tax_rates())
        if not ShippingZone.objects.exists():
            _zone("Europe", EUROPE, elsewhere=False)
            _zone("Everywhere else", ("",), elsewhere=True)
        if not Coupon.objects.exists():
            _coupons()


def demo_quote(
    goods: Sequence[Goods], *, country: str, region: str, currency: str, with_code: bool
) -> Quote:
    """What these goods cost, sent the ordinary way; without asking the database."""
    subtotal = sum((one.total for one in goods), start=Money.zero(currency))
    cents, free_from = (490 if country in EUROPE else 990), 9000
    free = subtotal.minor >= price_in(currency, free_from)
    price = Money(0 if free else price_in(currency, cents), currency)
    discounts = [Discount("SPRING10", CouponKind.PERCENT, percent=SPRING)] if with_code else []
    return make_quote(
        goods,
        currency=currency,
        discounts=discounts,
        delivery=Delivery("standard", WAYS["standard"][0], price),
        rates=_rates_in(country, region),
    )


def _rates_in(country: str, region: str) -> Rates:
    if country in CONTAINED:
        rate = Rate(_name(country), Decimal(CONTAINED[country]), is_included=True)
    elif country == "US" and region in ADDED:
        percent = Decimal(ADDED[region][1])
        rate = Rate("Sales tax", percent, is_included=False, is_on_shipping=False)
    else:
        return Rates([])
    return Rates([PlacedRate(TaxClass.STANDARD, frozenset(), rate)])


def _name(country: str) -> str:
    return "Consumption tax" if country == "JP" else "VAT"


def _tax_rates() -> list[TaxRate]:
    contained = [
        TaxRate(country=country, tax_class=tax_class, name=_name(country), percent=Decimal(percent),
                is_included=True, valid_from=SINCE)
        for tax_class, rates in ((TaxClass.STANDARD, CONTAINED), (TaxClass.REDUCED, REDUCED))
        for country, percent in rates.items()
    ]  # fmt: skip
    added = [
        TaxRate(country="US", region=code, region_spellings=[name], name="Sales tax",
                percent=Decimal(percent), is_included=False, is_on_shipping=False, valid_from=SINCE)
        for code, (name, percent) in ADDED.items()
    ]  # fmt: skip
    return [*contained, *added]


def _zone(name: str, countries: Sequence[str], *, elsewhere: bool) -> None:
    zone = ShippingZone.objects.create(name=name)
    ShippingPlace.objects.bulk_create(
        ShippingPlace(zone=zone, country=country) for country in countries
    )
    for position, (code, way) in enumerate(WAYS.items()):
        title, names, fastest, slowest, near, far, free_from = way
        method = ShippingMethod.objects.create(
            zone=zone,
            code=code,
            name=title,
            names=names,
            position=position,
            min_days=fastest + (5 if elsewhere else 0),
            max_days=slowest + (9 if elsewhere else 0),
            max_weight_grams=20_000 if code == "pickup-point" else None,
        )
        ShippingRate.objects.bulk_create(
            ShippingRate(
                method=method,
                currency=currency,
                from_weight_grams=weight,
                price_minor=price_in(currency, (far if elsewhere else near) * factor),
                free_from_minor=price_in(currency, free_from) if free_from and not weight else None,
            )
            for currency in CURRENCIES
            for weight, factor in ((0, 1), (5_000, 2))
        )


def _coupons() -> None:
    now = timezone.now()
    Coupon.objects.create(
        code="SPRING10", name="Spring campaign", kind=CouponKind.PERCENT, percent=SPRING
    )
    welcome = Coupon.objects.create(
        code="WELCOME5", name="First order", kind=CouponKind.FIXED, most_uses_each=1
    )
    CouponTerms.objects.bulk_create(
        CouponTerms(
            coupon=welcome,
            currency=currency,
            off_minor=price_in(currency, 500),
            least_order_minor=price_in(currency, 3000),
        )
        for currency in CURRENCIES
    )
    Coupon.objects.create(
        code="SHIPFREE", name="Makes up for late parcels", kind=CouponKind.FREE_SHIPPING,
        is_combinable=True, most_uses=500,
    )  # fmt: skip
    Coupon.objects.create(
        code="WINTER25", name="Winter campaign", kind=CouponKind.PERCENT, percent=25,
        valid_from=now - timedelta(days=300), valid_to=now - timedelta(days=240),
    )  # fmt: skip
