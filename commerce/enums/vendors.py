"""Vendors: their life, and who acts for them."""

from django.db import models


class VendorStatus(models.TextChoices):
    """Only an active vendor's products are seen and sold."""

    APPLIED = "applied", "Applied"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


_V = VendorStatus
VENDOR_NEXT: dict[VendorStatus, frozenset[VendorStatus]] = {
    _V.APPLIED: frozenset({_V.ACTIVE, _V.CLOSED}),
    _V.ACTIVE: frozenset({_V.SUSPENDED, _V.CLOSED}),
    _V.SUSPENDED: frozenset({_V.ACTIVE, _V.CLOSED}),
    _V.CLOSED: frozenset({_V.ACTIVE}),
}
"""A vendor's life. Closed is also what an application ends in that was declined."""


class VendorRole(models.TextChoices):
    """What somebody who acts for a vendor may do there: owners also decide who else does."""

    OWNER = "owner", "Owner"
    MEMBER = "member", "Member"
