"""Disputes: staff hear of them while there is time to answer."""

from django.conf import settings
from django.urls import reverse

from core.events import Event, Ignore, subscribe
from notifications.services.notify import notify
from payments.addresses import absolute
from payments.models import Dispute


@subscribe("payment.disputed", queue="default")
def tell_staff_of_dispute(event: Event) -> None:
    """One mail a dispute, with the day by which the gateway wants an answer."""
    dispute = Dispute.objects.select_related("payment").get(pk=event.data["dispute_id"])
    if not dispute.is_open:
        raise Ignore("It is decided by now.")
    notify(
        kind="dispute_opened",
        dedupe_key=f"dispute_opened:{event.data['dispute_id']}",
        context={
            "reference": dispute.payment.reference,
            "gateway": dispute.get_gateway_display(),
            "amount": dispute.amount.as_json(),
            "reason": dispute.reason,
            "due_by": f"{dispute.due_by:%Y-%m-%d %H:%M} UTC" if dispute.due_by else "",
            "url": absolute(reverse("admin:payments_dispute_change", args=[dispute.pk])),
        },
        email=settings.ADMIN_EMAIL,
        category="essential",
    )
