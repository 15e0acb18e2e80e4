"""Prices set."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce.models import Price, Variant
from core.errors import Invalid
from core.money import Money


@transaction.atomic
def set_price(*, variant_id: UUID, price: Money) -> Price:
    """What a variant costs from now on; the former price in that currency ends this moment.

    The same price again changes nothing. Raises Invalid below zero.
    """
    if price.minor < 0:
        raise Invalid("A price is not below zero.", details={"price": ["At least 0."]})
    Variant.objects.select_for_update(no_key=True).get(pk=variant_id)  # one price change at a time
    current = Price.objects.filter(
        variant_id=variant_id, currency=price.currency, valid_to__isnull=True
    ).first()
    if current and current.amount == price:
        return current
    now = timezone.now()
    if current:
        Price.objects.filter(pk=current.pk).update(valid_to=now, updated_at=now)
    return Price.objects.create(
        variant_id=variant_id, currency=price.currency, amount_minor=price.minor, valid_from=now
    )


@transaction.atomic
def set_prices(*, variant_id: UUID, prices: list[Money]) -> None:
    """Exactly these prices from now on; those in other currencies end this moment.

    Raises Invalid for two prices in one currency.
    """
    currencies = [price.currency for price in prices]
    if len(set(currencies)) != len(currencies):
        raise Invalid("One price a currency.", details={"prices": ["A currency is named twice."]})
    for price in prices:
        set_price(variant_id=variant_id, price=price)
    now = timezone.now()
    Price.objects.filter(variant_id=variant_id, valid_to__isnull=True).exclude(
        currency__in=currencies
    ).update(valid_to=now, updated_at=now)
