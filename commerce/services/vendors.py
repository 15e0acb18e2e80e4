"""Vendors: added, approved, suspended."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from commerce.enums import VendorStatus
from commerce.models import Vendor
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound

STEPS = {
    VendorStatus.ACTIVE: [VendorStatus.APPLIED, VendorStatus.SUSPENDED],
    VendorStatus.SUSPENDED: [VendorStatus.ACTIVE, VendorStatus.APPLIED],
}


@transaction.atomic
def create_vendor(*, name: str, slug: str = "", **fields: Any) -> Vendor:
    """A vendor who has applied and sells nothing yet. Raises Conflict when the slug is taken."""
    slug = slug or slugify(name)[:100]
    if not slug:
        raise Invalid("Give the vendor a slug.", details={"slug": ["Letters, digits, hyphens."]})
    try:
        with transaction.atomic():
            vendor = Vendor.objects.create(name=name, slug=slug, **fields)
    except IntegrityError:
        raise Conflict("Another vendor has this slug.", details={"slug": ["Taken."]}) from None
    record_audit(action="vendor.create", resource=vendor, details={"slug": slug})
    return vendor


@transaction.atomic
def move_vendor(*, vendor_id: UUID, to: VendorStatus) -> Vendor:
    """Approve or suspend a vendor; what a suspended one sells is gone from the shop at once.

    Raises NotFound, Conflict when it stands there already.
    """
    moved = Vendor.objects.filter(pk=vendor_id, status__in=STEPS[to]).update(status=to)
    vendor = Vendor.objects.filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound("There is no such vendor.")
    if not moved:
        raise Conflict(f"{vendor.name} is {vendor.status}.")
    record_audit(action=f"vendor.{to}", resource=vendor, details={"slug": vendor.slug})
    return vendor
