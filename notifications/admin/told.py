"""What a person was told, and why they did, or didn't, get one thing."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.admin.badge import Labelled
from core.admin.page import admin_page
from notifications.admin.labels import ACTION_WORDS, STATE_LABELS
from notifications.enums import Channel
from notifications.kinds import title_of
from notifications.models import Delivery, Notification
from notifications.told import MOST_MESSAGES, Way, told_to, ways_of

MAY_SEE = "notifications.view_delivery"
LINK = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'


@admin_page(
    title="What were they told?",
    template="admin/notifications/told.html",
    permission=MAY_SEE,
)
def told_to_person(request: HttpRequest) -> dict[str, Any]:
    """By ?q=, an e-mail address or a part of a name."""
    asked = request.GET.get("q", "")[:254]
    found = told_to(asked)
    return {
        "asked": asked,
        "users": [
            {"url": reverse("admin:accounts_user_change", args=[user.pk]), "user": user}
            for user in found.users
        ],
        "suppressions": [
            {"url": reverse("admin:notifications_suppression_change", args=[row.pk]), "row": row}
            for row in found.suppressions
        ],
        "messages_table": {
            "headers": [_("When"), _("Message"), _("To"), _("What became of it")],
            "rows": [_row(told) for told in found.messages],
        },
        "cut": len(found.messages) == MOST_MESSAGES,
    }


def _row(told: Notification) -> list[Any]:
    url = reverse("why-told", args=[told.pk])
    return [
        f"{told.created_at:%Y-%m-%d %H:%M}",
        format_html(LINK, url, title_of(told.kind)),
        told.email or "–",
        format_html_join(" ", "{} {}", ((one.get_channel_display(), _label(one))
                                        for one in told.deliveries.all())),
    ]  # fmt: skip


def _label(one: Delivery) -> SafeString:
    return SafeString(Labelled(one.state, one.get_state_display(), STATE_LABELS))


@admin_page(
    title="Why did, or didn't, they get this?",
    template="admin/notifications/why.html",
    permission=MAY_SEE,
)
def why_told(request: HttpRequest, notification_id: UUID) -> dict[str, Any]:
    """One fact: each way it took or did not take, in order, and what would happen now."""
    told = Notification.objects.select_related("user").filter(pk=notification_id).first()
    if told is None:
        raise Http404
    whom = told.email or (told.user.email if told.user else "")
    return {
        "told": told,
        "what": title_of(told.kind),
        "notification_url": reverse("admin:notifications_notification_change", args=[told.pk]),
        "person_url": f"{reverse('told-to-person')}?{urlencode({'q': whom})}",
        "ways": [_way(one) for one in ways_of(told)],
        "may_resend": request.user.has_perm("notifications.resend_delivery"),
    }


def _way(way: Way) -> dict[str, Any]:
    one = way.delivery
    copy = getattr(one, "copy", None) if one is not None else None
    return {
        "title": Channel(way.channel).label,
        "delivery": one,
        "url": reverse("admin:notifications_delivery_change", args=[one.pk]) if one else "",
        "state": _label(one) if one else "",
        "absent": way.absent or _("It was not meant for this channel."),
        "due_at": way.due_at,
        "device": one.device if one and way.channel == Channel.PUSH else None,
        "lines": [
            {
                "at": line.at,
                "what": line.source,
                "label": "info" if line.arrival_id else "default",
                "title": line.get_kind_display(),
                "detail": line.detail,
                "link": reverse("admin:core_event_change", args=[line.arrival_id])
                if line.arrival_id
                else "",
            }
            for line in way.history
        ],
        "now": ACTION_WORDS[way.now.action],
        "now_reason": way.now.reason,
        "copy": copy,
    }
