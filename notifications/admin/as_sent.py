"""The mail of a delivery as it went out, for its page."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from notifications.enums import Channel
from notifications.models import Delivery, SentCopy


def as_sent(delivery: Delivery) -> SafeString:
    """Subject, HTML and text as they were handed over, with the version of the wording.

    Links that open an account are masked; the HTML stands in a sandboxed frame. A sentence says
    why there is nothing to show.
    """
    copy = (
        SentCopy.objects.select_related("version__template").filter(delivery=delivery.pk).first()
        if delivery.channel == Channel.EMAIL
        else None
    )
    context = {"copy": copy, "is_mail": delivery.channel == Channel.EMAIL}
    return render_to_string("admin/notifications/as_sent.html", context)
