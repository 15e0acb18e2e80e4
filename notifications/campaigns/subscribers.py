"""The worker's part of campaigns."""

from datetime import datetime
from uuid import UUID

from core.events import Event, subscribe
from notifications.services.campaigns.steering import STEP
from notifications.services.campaigns.stepping import take_step


@subscribe(STEP, queue="bulk", max_attempts=60)
def step_campaign(event: Event) -> None:
    """Some people more, and a call for the next step."""
    at = event.data["not_before"]
    take_step(
        campaign_id=UUID(event.data["campaign_id"]),
        step=event.data["step"],
        not_before=datetime.fromisoformat(at) if at else None,
    )
