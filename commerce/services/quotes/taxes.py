"""Which taxes count where, read from the rates that staff keep."""

from datetime import date

from django.db.models import Q

from commerce.enums import TaxClass
from commerce.models import TaxRate
from commerce.pricing.shipping import Destination
from commerce.pricing.tax import UNTAXED, PlacedRate, Rate, Rates


def rates_for(destination: Destination | None, *, on: date) -> Rates:
    """The rates of a day where the goods go; none while nobody knows where. One query."""
    if destination is None:
        return UNTAXED
    found = TaxRate.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        country=destination.country,
        valid_from__lte=on,
    )
    return Rates((_placed(rate) for rate in found), region=destination.region)


def _placed(rate: TaxRate) -> PlacedRate:
    regions = [rate.region, *rate.region_spellings] if rate.region else []
    return PlacedRate(
        tax_class=TaxClass(rate.tax_class),
        regions=frozenset(region.strip().casefold() for region in regions),
        rate=Rate(
            name=rate.name,
            percent=rate.percent,
            is_included=rate.is_included,
            note=rate.note,
            is_on_shipping=rate.is_on_shipping,
        ),
    )
