"""What a customer wrote through the contact form, on their page."""

from urllib.parse import quote

from django.urls import reverse
from django.utils.html import format_html

from crm.models import Customer
from crm.panels import Panel, customer_panel

MOST = 5


@customer_panel
def messages(customer: Customer) -> Panel:
    """The latest, each leading to the whole message."""
    found = customer.contact_messages.order_by("-id")[:MOST]
    rows = []
    for message in found:
        page = reverse("admin:crm_contactmessage_change", args=[message.pk])
        words = " ".join(message.message.split())[:80]
        rows.append([
            format_html('<a class="text-primary-600" href="{}">{}</a>', page,
                        f"{message.created_at:%Y-%m-%d %H:%M}"),
            words,
            message.get_state_display(),
        ])  # fmt: skip
    return Panel(
        title="Messages from the contact form",
        headers=["Written", "Message", "State"],
        rows=rows,
        all_url=f"{reverse('admin:crm_contactmessage_changelist')}?q={quote(customer.email or '')}",
        empty="Has not written by the contact form.",
    )
