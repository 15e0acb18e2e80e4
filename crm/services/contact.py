"""Somebody writes to the shop; staff deal with it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.emails import normalise_email
from core.audit import record_audit
from core.errors import Conflict, RateLimited
from core.events import publish
from core.identity import acting_as_system
from core.limits import Limit
from crm.enums import ContactState
from crm.models import ContactMessage, Customer

# The confirmation goes to an address that anybody may type: it must not be a way to pester it.
CONFIRMATIONS = Limit("contact-confirmations", "3/hour")


def take_message(
    *, name: str, email: str, message: str, language: str = "en", trapped: bool = False
) -> ContactMessage:
    """Keep a message and announce `contact.received`; the mails follow from that news.

    `trapped`: the field that people do not see was filled in. Such a message is kept as spam and
    announced to nobody, and its sender is answered like everybody else.
    """
    address = normalise_email(email)
    with acting_as_system("contact form"), transaction.atomic():
        kept = ContactMessage.objects.create(
            name=name.strip(),
            email=address,
            message=message.strip(),
            language=language,
            state=ContactState.SPAM if trapped else ContactState.NEW,
            customer=Customer.objects.current().filter(email=address).first(),
        )
        if not trapped:
            publish(
                type="contact.received",
                subject=f"contact:{kept.pk}",
                data={"contact_id": str(kept.pk), "confirm": _may_confirm(address)},
            )
    return kept


@transaction.atomic
def deal_with(*, message_id: UUID, state: ContactState, by: UUID) -> ContactMessage:
    """Staff say that a message was answered, is spam, or is new after all.

    Raises ContactMessage.DoesNotExist for one the caller may not see, Conflict when it stands so
    already.
    """
    message = ContactMessage.objects.select_for_update().get(pk=message_id)
    if message.state == state:
        raise Conflict(f"This message is {message.get_state_display().lower()} already.")
    before, message.state = message.state, state
    answered = state == ContactState.ANSWERED
    message.answered_at = timezone.now() if answered else None
    message.answered_by = by if answered else None
    message.save(update_fields=["state", "answered_at", "answered_by", "updated_at"])
    record_audit(
        action="contact.deal_with", resource=message, details={"was": before, "is": str(state)}
    )
    return message


def _may_confirm(address: str) -> bool:
    try:
        CONFIRMATIONS.spend(address)
    except RateLimited:
        return False
    return True
