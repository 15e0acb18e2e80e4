"""The e-mail itself: two bodies, safe headers, an id that says which delivery it is."""

import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction

from notifications.channels.email.send import takes_keys
from notifications.choices.links import unsubscribe_headers
from notifications.models import Delivery
from notifications.rendering import Rendered
from notifications.services.history import AGAIN_ANEW


class AddressUnusable(ValueError):
    """The target is no e-mail address."""


class Letter(EmailMultiAlternatives):
    """Django's mail with what goes beside it: `metadata` is read by django-anymail and sent back by
    providers' webhooks, `idempotency_key` by our backend for Resend; SMTP ignores both."""

    metadata: dict[str, str]
    idempotency_key: str


def build_message(delivery: Delivery, rendered: Rendered) -> Letter:
    """The mail for one delivery. Raises AddressUnusable.

    The Message-ID comes from the delivery's id, so a mail that had to be sent twice (the answer
    to the first was lost) is recognised as the same one by mail programs and by us.
    """
    try:
        validate_email(delivery.target)
    except ValidationError:
        raise AddressUnusable("This is not an e-mail address.") from None
    message = Letter(
        subject=rendered.subject,
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.target],
        headers={
            "Message-ID": message_id(delivery),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
            "Content-Language": rendered.language,
            **unsubscribe_headers(delivery.notification, delivery.target),
            "Feedback-ID": feedback_id(delivery),
        },
    )
    if takes_keys():
        with transaction.atomic():
            anew = delivery.events.filter(key__startswith=AGAIN_ANEW).count()
        message.idempotency_key = f"{delivery.pk}-{anew}"
    message.attach_alternative(rendered.html, "text/html")
    message.metadata = {"delivery": str(delivery.pk)}
    return message


def feedback_id(delivery: Delivery) -> str:
    """Groups complaints in Gmail's Postmaster Tools: by kind, by category, by sender.

    Source: support.google.com/a/answer/6254652, "a:b:c:sender" with a sender that never changes.
    """
    told = delivery.notification
    sender = re.sub(r"[^a-z0-9]", "", message_id(delivery).rpartition("@")[2].lower())
    return f"{told.kind}:{told.category}:{told.language[:2]}:{sender[:15].ljust(5, '0')}"


def message_id(delivery: Delivery) -> str:
    """`<delivery id@our domain>`."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = sender.rpartition("@")[2] or urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{delivery.pk}@{domain}>"
