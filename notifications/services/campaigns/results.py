"""What became of a campaign, counted in the database."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count

from notifications.enums import CampaignState, RecipientState
from notifications.models import Campaign

MOST_REASONS = 12

# one row per state and reason; ids in a reason's sentence would make every reason its own
COUNTED = """
SELECT d.state, CASE WHEN d.state IN ('failed', 'suppressed', 'dead', 'uncertain')
                     THEN left(d.reason, 120) ELSE '' END,
       count(*), count(d.opened_at), count(d.clicked_at)
FROM notifications_campaignrecipient r
JOIN notifications_delivery d ON d.notification_id = r.notification_id
WHERE r.campaign_id = %s AND d.channel = %s
GROUP BY 1, 2 ORDER BY 3 DESC
"""
# whoever said no to offers after they got it; the address's own words are found by its user here
LEFT = """
SELECT count(DISTINCT r.id) FROM notifications_campaignrecipient r
JOIN notifications_choicerecord c ON c.user_id = r.user_id
WHERE r.campaign_id = %s AND c.subject = 'offers' AND NOT c.wanted
  AND c.channel = %s AND c.created_at >= %s
"""


@dataclass(slots=True)
class Results:
    """Numbers of deliveries: a person with two phones counts twice where pushes are counted."""

    states: dict[str, int] = field(default_factory=dict)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0

    @property
    def sent(self) -> int:
        """Handed over, whatever became of it then."""
        return self.states.get("sent", 0) + self.states.get("delivered", 0)

    @property
    def delivered(self) -> int:
        """Said to have arrived."""
        return self.states.get("delivered", 0)

    @property
    def lost(self) -> int:
        """Failed, given up, or perhaps sent."""
        return sum(self.states.get(name, 0) for name in ("failed", "dead", "uncertain"))


def results_of(campaign: Campaign) -> Results:
    """What became of what was handed over so far."""
    found = Results()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [campaign.pk, campaign.channel])
        for state, reason, number, opened, clicked in cursor.fetchall():
            found.states[state] = found.states.get(state, 0) + number
            found.opened += opened
            found.clicked += clicked
            if reason and len(found.reasons) < MOST_REASONS:
                found.reasons.append((reason, number))
        if campaign.started_at:
            cursor.execute(LEFT, [campaign.pk, campaign.channel, campaign.started_at])
            found.unsubscribed = cursor.fetchone()[0]
    return found


def forecast_of(campaign: Campaign) -> tuple[int, list[tuple[str, int]]]:
    """How many of those looked at will be sent it, and the others by reason."""
    counted: Any = (
        campaign.recipients.exclude(state=RecipientState.COUNTED)
        .values_list("state", "reason")
        .annotate(number=Count("pk"))
        .order_by("-number")
    )
    wanted, reasons = 0, []
    for _, reason, number in counted[: MOST_REASONS + 1]:
        if reason:
            reasons.append((reason, number))
        else:
            wanted += number
    return wanted, reasons


AT_WORK = (CampaignState.PREPARING, CampaignState.SCHEDULED, CampaignState.RUNNING)
