"""Acting for a vendor over HTTP: whose catalogue a caller may change.

One scope for all of it (`catalogue:write`, staff), one for what is one's own (`vendor:write`,
everybody: what is theirs is said by their memberships). The database holds the same line by
`app_my_vendors()`; these checks are there to say it in words.
"""

from uuid import UUID

from rest_framework.request import Request

from commerce.enums import VendorStatus
from commerce.models import Vendor, VendorMember
from core.errors import Conflict, PermissionRefused

WRITES_ALL = "catalogue:write"
WRITES_OWN = "vendor:write"
READS_OWN = "vendor:read"
WRITE = (WRITES_ALL, WRITES_OWN)  # for `scopes` of a view


def holds(request: Request, scope: str) -> bool:
    """Whether the caller's credentials reach this."""
    return scope in getattr(request.auth, "scopes", frozenset())


def writes_all(request: Request) -> bool:
    """Whether the caller is not limited to vendors of their own."""
    return holds(request, WRITES_ALL)


def my_vendors(request: Request) -> list[UUID]:
    """The vendors the caller acts for, as far as their credentials reach. One query."""
    if not request.user.is_authenticated or not holds(request, READS_OWN):
        return []
    mine = VendorMember.objects.of(request.user.pk)
    return list(mine.values_list("vendor_id", flat=True))


def check_acts_for(request: Request, vendor_id: UUID) -> None:
    """Let staff and the vendor's members pass. Raises PermissionRefused, Conflict when the vendor
    is closed."""
    if writes_all(request):
        return
    mine = VendorMember.objects.of(request.user.pk).filter(vendor_id=vendor_id)
    if not mine.exists():
        raise PermissionRefused(
            "You do not act for this vendor.", details={"vendor": ["Not one of yours."]}
        )
    if Vendor.objects.filter(pk=vendor_id, status=VendorStatus.CLOSED).exists():
        raise Conflict("This vendor is closed.", details={"vendor": ["Closed."]})
