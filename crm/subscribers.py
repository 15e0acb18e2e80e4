"""What the customers' floor does when news arrives from below."""

import re
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from core.events import Event, Ignore, subscribe
from crm.models import ContactMessage
from crm.services.logins import join_login
from notifications.services.notify import notify

# A name is repeated to an address that anybody may type: nothing in it may look like a link.
LOOKS_LIKE_A_NAME = re.compile(r"[^\W\d_][^\d_/:@<>]{0,59}")


@subscribe("user.email_confirmed")
def join_customer_and_login(event: Event) -> None:
    """The address is proven: its customer belongs to the login from now on."""
    if join_login(user_id=UUID(event.data["user_id"])) is None:
        raise Ignore("No customer waits for this login.")


@subscribe("contact.received")
def confirm_to_sender(event: Event) -> None:
    """Tell who wrote that it arrived; their words are not repeated to an unproven address."""
    if not event.data["confirm"]:
        raise Ignore("This address was sent enough confirmations for now.")
    message = _message(event)
    notify(
        kind="contact_confirmation",
        dedupe_key=f"contact_confirmation:{message.pk}",
        email=message.email,
        language=message.language,
        context={"name": message.name if _is_plain(message.name) else ""},
    )


@subscribe("contact.received")
def tell_the_shop(event: Event) -> None:
    """The message, to the people who answer."""
    message = _message(event)
    page = reverse("admin:crm_contactmessage_change", args=[message.pk])
    notify(
        kind="contact_notice",
        dedupe_key=f"contact_notice:{message.pk}",
        email=settings.ADMIN_EMAIL,
        context={
            "name": message.name,
            "email": message.email,
            "message": message.message,
            "url": f"{settings.BASE_URL}{page}",
        },
    )


def _message(event: Event) -> ContactMessage:
    found = ContactMessage.objects.filter(pk=event.data["contact_id"]).first()
    if found is None:
        raise Ignore("The message is gone.")
    return found


def _is_plain(name: str) -> bool:
    return bool(LOOKS_LIKE_A_NAME.fullmatch(name)) and "www." not in name.lower()
