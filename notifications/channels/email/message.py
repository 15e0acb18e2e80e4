"""The e-mail itself: two bodies, safe headers, an id that says which delivery it is."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email

from notifications.choices.links import unsubscribe_headers
from notifications.models import Delivery
from notifications.rendering import Rendered


class AddressUnusable(ValueError):
    """The target is no e-mail address."""


def build_message(delivery: Delivery, rendered: Rendered) -> EmailMultiAlternatives:
    """The mail for one delivery. Raises AddressUnusable.

    The Message-ID comes from the delivery's id, so a mail that had to be sent twice (the answer
    to the first was lost) is recognised as the same one by mail programs and by us.
    """
    try:
        validate_email(delivery.target)
    except ValidationError:
        raise AddressUnusable("This is not an e-mail address.") from None
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.target],
        headers={
            "Message-ID": message_id(delivery),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
            "Content-Language": rendered.language,
            **unsubscribe_headers(delivery.notification, delivery.target),
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    # read by django-anymail, ignored by SMTP: providers' webhooks send it back
    message.metadata = {"delivery": str(delivery.pk)}  # type: ignore[attr-defined]
    return message


def message_id(delivery: Delivery) -> str:
    """`<delivery id@our domain>`."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = sender.rpartition("@")[2] or urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{delivery.pk}@{domain}>"
