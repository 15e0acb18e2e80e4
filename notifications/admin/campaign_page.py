"""What stands above a campaign's form: how far it is, what can be done, what came of it."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core.admin.badge import Labelled
from core.admin.chart_looks import bars, bars_look
from notifications.enums import CampaignState
from notifications.models import Campaign
from notifications.services.campaigns.results import AT_WORK, Results, forecast_of, results_of
from notifications.services.campaigns.steering import NEXT

RUN = "notifications.run_campaign"
S = CampaignState
LABELS = {
    S.DRAFT: "default",
    S.PREPARING: "info",
    S.READY: "primary",
    S.SCHEDULED: "info",
    S.RUNNING: "warning",
    S.PAUSED: "default",
    S.STOPPED: "danger",
    S.DONE: "success",
}
DEEDS = {
    "prepare": ("Count its people", True),
    "start": ("Start", True),
    "resume": ("Go on", True),
    "pause": ("Pause", False),
    "edit": ("Back to the draft", False),
    "stop": ("Stop for good", False),
}


def page_of(campaign: Campaign, request: HttpRequest) -> dict[str, Any]:
    """The context of the part that is kept fresh while the campaign is at work."""
    looked, reasons = forecast_of(campaign) if campaign.people else (0, [])
    started = campaign.started_at is not None
    results = results_of(campaign) if started else Results()
    return {
        "campaign": campaign,
        "state": Labelled(campaign.state, campaign.get_state_display(), LABELS),
        "at_work": campaign.state in AT_WORK,
        "percent": min(100, 100 * campaign.done // campaign.people) if campaign.people else 0,
        "bar": campaign.state in (*AT_WORK, S.PAUSED, S.STOPPED) and campaign.people,
        "left": _left(campaign),
        "wanted": looked,
        "reasons": reasons if not started else results.reasons,
        "started": started,
        "results": results,
        "deeds": _deeds(campaign, request),
        "live_url": reverse("admin:notifications_campaign_live", args=[campaign.pk]),
        "chart": chart_of(results) if started else "",
        "bars_look": bars_look("messages"),
    }


def chart_of(results: Results) -> str:
    """Lying bars of what became of it, for unfold's chart."""
    found = [
        ("Sent", results.sent),
        ("Delivered", results.delivered),
        ("Opened", results.opened),
        ("Clicked", results.clicked),
        ("Unsubscribed", results.unsubscribed),
        ("Not sent on purpose", results.states.get("suppressed", 0)),
        ("Lost", results.lost),
    ]
    return bars(found, label="Messages", colour="var(--color-primary-600)", longest=30)


def _deeds(campaign: Campaign, request: HttpRequest) -> list[dict[str, Any]]:
    """The buttons there are now, each with its address."""
    if not request.user.has_perm(RUN):
        return []
    return [
        {
            "label": label,
            "strong": strong,
            "url": reverse("admin:notifications_campaign_do", args=[campaign.pk, deed]),
        }
        for deed, (label, strong) in DEEDS.items()
        if campaign.state in NEXT[deed]
    ]


def _left(campaign: Campaign) -> str:
    """How long it goes on, by its own pace."""
    if campaign.state == S.SCHEDULED and campaign.starts_at:
        local = timezone.localtime(campaign.starts_at)
        return f"begins {campaign.starts_at:%Y-%m-%d %H:%M} UTC ({local:%H:%M %Z} here)"
    if campaign.state != S.RUNNING:
        return ""
    minutes = (campaign.people - campaign.done) / campaign.per_minute
    end = timezone.localtime(timezone.now() + timedelta(minutes=minutes))
    return f"about {minutes:,.0f} min left, until {end:%H:%M %Z}" if minutes >= 1 else "soon done"
