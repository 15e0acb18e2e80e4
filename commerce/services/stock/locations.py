"""Places where goods lie: opened, changed, made the default."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from commerce.models import StockLocation
from commerce.models.stock import USUAL_PRIORITY
from core.audit import record_audit
from core.errors import Conflict, NotFound


@transaction.atomic
def open_location(
    *,
    name: str,
    country: str = "",
    priority: int = USUAL_PRIORITY,
    vendor_id: UUID | None = None,
    is_active: bool = True,
) -> StockLocation:
    """A new place. Raises Conflict when its name is taken."""
    location = StockLocation(
        name=name, country=country, priority=priority, vendor_id=vendor_id, is_active=is_active
    )
    _save(location)
    record_audit(action="stock_location.open", resource=location, details={"name": name})
    return location


@transaction.atomic
def change_location(*, location_id: UUID, **changes: Any) -> StockLocation:
    """Change name, country, priority, is_active; `is_default` true takes it from the former one.

    Raises NotFound, Conflict for a taken name, for closing the default, or for a default that is
    closed or a vendor's.
    """
    location = StockLocation.objects.select_for_update(of=("self",)).filter(pk=location_id).first()
    if location is None:
        raise NotFound("There is no such location.")
    if changes.get("is_default") is False and location.is_default:
        raise Conflict("Make another one the default instead.")
    for name, value in changes.items():
        setattr(location, name, value)
    if location.is_default and (not location.is_active or location.vendor_id):
        raise Conflict("The default location is open, and the house's own.")
    if changes.get("is_default"):
        StockLocation.objects.filter(is_default=True).exclude(pk=location.pk).update(
            is_default=False
        )
    _save(location)
    record_audit(
        action="stock_location.change", resource=location, details={"fields": sorted(changes)}
    )
    return location


def _save(location: StockLocation) -> None:
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError:
        raise Conflict("That name is taken.", details={"name": ["Taken."]}) from None
