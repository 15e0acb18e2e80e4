"""What staff do with a campaign: prepare, start, pause, go on, stop."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict, NotFound
from core.events import publish
from core.identity import acting_as_system
from notifications.campaigns import audience_called
from notifications.enums import CampaignState
from notifications.models import Campaign
from notifications.services.campaigns.freezing import freeze
from notifications.services.campaigns.texts import check_texts

S = CampaignState
STEP = "notification.campaign_step"
NEXT = {
    "prepare": {S.DRAFT, S.READY},
    "start": {S.READY},
    "pause": {S.RUNNING, S.SCHEDULED},
    "resume": {S.PAUSED},
    "stop": {S.PREPARING, S.SCHEDULED, S.RUNNING, S.PAUSED},
    "edit": {S.PREPARING, S.READY},
}


@transaction.atomic
def prepare(*, campaign_id: UUID) -> Campaign:
    """Write its people down, and have a worker look who of them will not be sent it, and why.

    From now on the people stay as they are; preparing again chooses anew. Raises Invalid for
    filters or texts that cannot be used, Conflict once it has started.
    """
    campaign = _locked(campaign_id, "prepare")
    check_texts(campaign)
    audience_called(campaign.audience).check(campaign.filters)
    with acting_as_system("campaigns"):
        campaign.people = freeze(campaign)
        campaign.prepared_at = timezone.now()
        _go(campaign, S.PREPARING, place=0)
    return campaign


@transaction.atomic
def start(*, campaign_id: UUID) -> Campaign:
    """Send now, or at its time. Raises Conflict, Invalid."""
    campaign = _locked(campaign_id, "start")
    check_texts(campaign)
    later = campaign.starts_at is not None and campaign.starts_at > timezone.now()
    with acting_as_system("campaigns"):
        campaign.done = 0
        _go(campaign, S.SCHEDULED if later else S.RUNNING, place=0, at=campaign.starts_at)
    return campaign


@transaction.atomic
def pause(*, campaign_id: UUID) -> Campaign:
    """Nobody more is written to; what is handed over already goes out. Raises Conflict."""
    campaign = _locked(campaign_id, "pause")
    campaign.state = S.PAUSED
    campaign.step += 1  # whatever is under way finds that it is not meant any more
    campaign.save()
    return campaign


@transaction.atomic
def resume(*, campaign_id: UUID) -> Campaign:
    """Go on behind the last person. Raises Conflict."""
    campaign = _locked(campaign_id, "resume")
    later = campaign.starts_at is not None and campaign.starts_at > timezone.now()
    with acting_as_system("campaigns"):
        _go(campaign, S.SCHEDULED if later else S.RUNNING, at=campaign.starts_at)
    return campaign


@transaction.atomic
def stop(*, campaign_id: UUID) -> Campaign:
    """For good: the rest is not written to. Raises Conflict."""
    campaign = _locked(campaign_id, "stop")
    campaign.state, campaign.finished_at = S.STOPPED, timezone.now()
    campaign.step += 1
    campaign.save()
    return campaign


@transaction.atomic
def edit_again(*, campaign_id: UUID) -> Campaign:
    """Back to a draft; its people are forgotten. Raises Conflict once it has started."""
    campaign = _locked(campaign_id, "edit")
    campaign.recipients.all().delete()
    campaign.state, campaign.people, campaign.done, campaign.place = S.DRAFT, 0, 0, 0
    campaign.step += 1
    campaign.save()
    return campaign


def call_worker(campaign: Campaign, *, at: datetime | None = None) -> None:
    """Ring for the campaign's next step, not before `at`. In the caller's transaction."""
    publish(
        type=STEP,
        subject=f"campaign:{campaign.pk}",
        data={
            "campaign_id": str(campaign.pk),
            "step": campaign.step,
            "not_before": at.isoformat() if at else "",
        },
    )


def _go(
    campaign: Campaign, state: CampaignState, *, place: int | None = None,
    at: datetime | None = None,
) -> None:  # fmt: skip
    campaign.state = state
    campaign.step += 1
    if place is not None:
        campaign.place, campaign.done = place, 0
    if state == S.RUNNING and campaign.started_at is None:
        campaign.started_at = timezone.now()
    campaign.save()
    call_worker(campaign, at=at)


def _locked(campaign_id: UUID, deed: str) -> Campaign:
    """The campaign in hand, if the deed fits its state; noted in the audit trail."""
    campaign = Campaign.objects.select_for_update().filter(pk=campaign_id).first()
    if campaign is None:
        raise NotFound("There is no such campaign.")
    if campaign.state not in NEXT[deed]:
        raise Conflict(f"It is {campaign.get_state_display().lower()}; that does not fit.")
    record_audit(action=f"campaign.{deed}", resource=campaign, details={"was": campaign.state})
    return campaign
