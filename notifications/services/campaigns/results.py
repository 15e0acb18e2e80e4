"""What became of a campaign, counted in the database."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count

from notifications.enums import CampaignState, DeliveryState, RecipientState
from notifications.figures import ARRIVED, LEFT, LOST
from notifications.models import Campaign
from notifications.services.day_figures import WHY

MOST_REASONS = 12

# one row per state and reason
COUNTED = f"""
SELECT d.state, {WHY} AS why, count(*), count(d.opened_at), count(d.clicked_at)
FROM notifications_campaignrecipient r
JOIN notifications_delivery d ON d.notification_id = r.notification_id
WHERE r.campaign_id = %s AND d.channel = %s
GROUP BY 1, 2 ORDER BY 3 DESC
"""  # noqa: S608  - WHY is a constant of day_figures.py; what callers give goes in as parameters
# whoever said no to offers since, in their account or by a mail's link: there for the address
UNSUBSCRIBED = """
WITH said AS (
    SELECT user_id, address_key FROM notifications_choicerecord
    WHERE subject = 'offers' AND NOT wanted AND channel = %(channel)s AND created_at >= %(since)s
), theirs AS (
    SELECT id, user_id, address_key FROM notifications_campaignrecipient
    WHERE campaign_id = %(campaign)s
)
SELECT count(*) FROM (
    SELECT theirs.id FROM theirs JOIN said USING (user_id)
    UNION
    SELECT theirs.id FROM theirs JOIN said USING (address_key) WHERE address_key <> ''
) AS people
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
        """Left the house, whatever became of it then."""
        return self._in(LEFT)

    @property
    def delivered(self) -> int:
        """Said to have arrived."""
        return self._in(ARRIVED)

    @property
    def lost(self) -> int:
        """Failed, came back, given up, or perhaps sent."""
        return self._in(LOST)

    def _in(self, states: set[DeliveryState]) -> int:
        return sum(self.states.get(state, 0) for state in states)


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
            cursor.execute(
                UNSUBSCRIBED,
                {
                    "campaign": campaign.pk,
                    "channel": campaign.channel,
                    "since": campaign.started_at,
                },
            )
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
