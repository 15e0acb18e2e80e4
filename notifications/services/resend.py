"""Sending once more, because somebody on the staff asks for it."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict, NotFound
from core.ids import new_id
from notifications.enums import Channel, DeliveryNews, DeliveryState
from notifications.models import Delivery
from notifications.services.history import AGAIN_ANEW, STAFF, add_line
from notifications.services.notify import announce

S = DeliveryState
NEVER_TAKEN = {S.FAILED, S.SUPPRESSED, S.BOUNCED}
RESENDABLE = NEVER_TAKEN | {S.DEAD, S.UNCERTAIN}
STUCK_AFTER = timedelta(minutes=15)  # longer than any worker holds a delivery


@transaction.atomic
def resend(*, delivery_id: UUID) -> Delivery:
    """Queue a delivery again that did not arrive; its tries begin anew.

    Refused while it is on its way and after it was sent: a sent mail is not made undone by a
    second one. Raises NotFound, Conflict.
    """
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("There is no such delivery.")
    stuck = delivery.state == S.SENDING and delivery.updated_at < timezone.now() - STUCK_AFTER
    if delivery.channel == Channel.IN_APP or not (delivery.state in RESENDABLE or stuck):
        raise Conflict(
            f"It is {delivery.get_state_display().lower()}; there is nothing to send again."
        )
    before = delivery.state
    delivery.move_to(S.QUEUED, reason="Sent again by staff.", attempts=0)
    # Under the same idempotency key a provider would answer with the mail it knows.
    anew = AGAIN_ANEW if before in NEVER_TAKEN else ""
    add_line(
        delivery_id=delivery.pk,
        kind=DeliveryNews.QUEUED,
        detail=f"It was {DeliveryState(before).label.lower()}.",
        source=STAFF,
        key=f"{anew}{new_id()}",
    )
    announce(delivery)
    record_audit(
        action="notification.resend", resource=f"delivery:{delivery.pk}", details={"was": before}
    )
    return delivery
