"""What happens when a vendor's status changed, or somebody was asked to act for one."""

from django.conf import settings
from django.urls import reverse

from commerce.models import Vendor, VendorInvitation
from core.events import Event, Ignore, subscribe
from notifications.services.notify import notify


@subscribe("vendor.status_changed")
def tell_vendor_of_step(event: Event) -> None:
    """The contact is told where the vendor stands now, and why; once a step."""
    vendor = Vendor.objects.get(pk=event.data["vendor_id"])
    if not vendor.contact_email:
        raise Ignore("The vendor has no e-mail address.")
    notify(
        kind="vendor_status_changed",
        dedupe_key=f"vendor_status_changed:{event.id}",
        email=vendor.contact_email,
        language=vendor.language,
        context={
            "vendor": vendor.name,
            "status": event.data["status"],
            "previous_status": event.data["previous_status"],
            "reason": event.data["reason"],
        },
    )


@subscribe("vendor.member_invited")
def send_invitation(event: Event) -> None:
    """The mail with the page that accepts, unless the invitation was taken back meanwhile."""
    found = VendorInvitation.objects.select_related("vendor").filter(
        pk=event.data["invitation_id"], accepted_at=None
    )
    invitation = found.first()
    if invitation is None:
        raise Ignore("The invitation was taken back or accepted.")
    page = reverse("vendor_invitation", args=[invitation.pk])
    notify(
        kind="vendor_invitation",
        dedupe_key=f"vendor_invitation:{invitation.pk}",
        email=invitation.email,
        language=invitation.vendor.language,
        category="essential",
        context={
            "vendor": invitation.vendor.name,
            "role": invitation.role,
            "url": settings.BASE_URL.rstrip("/") + page,
        },
    )
