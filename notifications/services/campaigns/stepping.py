"""One step of a campaign: some people, one transaction, and a call for the next step.

The people's notifications, the place of the cursor and the call for the next step commit together
with "done" in the event log. A worker that dies loses the step, not its effect: the next one
finds the cursor where it was. So each person is told exactly once, and the dedupe key would hold
even if two workers ever met.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from core.events import Ignore, Retry
from notifications.addresses import address_key
from notifications.enums import CampaignState, Category, Channel, RecipientState
from notifications.models import Campaign, CampaignRecipient
from notifications.services.campaigns.steering import call_worker
from notifications.services.campaigns.texts import context_for, kind_of, texts_of
from notifications.services.decide import Action, decide
from notifications.services.devices.reach import devices_of
from notifications.services.notify import Recipient, notify_many
from notifications.services.people import Target, people

S = CampaignState
BATCH = 500


def take_step(*, campaign_id: UUID, step: int, not_before: datetime | None) -> None:
    """Do what the campaign's state asks for; in the caller's transaction, as the system.

    Raises Retry while its time has not come, Ignore for a call from before a pause.
    """
    if not_before and (left := (not_before - timezone.now()).total_seconds()) > 0:
        raise Retry("Its time has not come.", after=left)
    campaign = (
        Campaign.objects.select_for_update(of=["self"])
        .select_related("template")
        .filter(pk=campaign_id)
        .first()
    )
    if campaign is None or campaign.step != step:
        raise Ignore("Not meant any more.")
    if campaign.state == S.SCHEDULED:
        campaign.state, campaign.started_at = S.RUNNING, timezone.now()
    if campaign.state not in (S.PREPARING, S.RUNNING):
        raise Ignore(f"It is {campaign.get_state_display().lower()}.")
    size = BATCH if campaign.state == S.PREPARING else min(BATCH, campaign.per_minute)
    rows = list(campaign.recipients.filter(pk__gt=campaign.place).order_by("pk")[:size])
    if not rows:
        _finish(campaign)
        return
    began = timezone.now()
    if campaign.state == S.PREPARING:
        _look(campaign, rows)
        next_at = None
    else:
        _tell(campaign, rows)
        next_at = began + timedelta(minutes=len(rows) / campaign.per_minute)
    campaign.place, campaign.done = rows[-1].pk, campaign.done + len(rows)
    campaign.step += 1
    campaign.save()
    call_worker(campaign, at=next_at)


def _finish(campaign: Campaign) -> None:
    if campaign.state == S.PREPARING:
        campaign.state, campaign.place, campaign.done = S.READY, 0, 0
    else:
        campaign.state, campaign.finished_at = S.DONE, timezone.now()
    campaign.step += 1
    campaign.save()


def _look(campaign: Campaign, rows: list[CampaignRecipient]) -> None:
    """Who of these would not be sent it, and why: the decision that will be asked again then."""
    kind, now = kind_of(campaign), timezone.now()
    targets = [Target(row.user_id, row.email) for row in rows]
    persons = people(targets, kind=kind, importance=Category.MARKETING, at=now)
    reached = _reached(campaign, rows)
    for row, person in zip(rows, persons, strict=True):
        verdict = decide(kind, Category.MARKETING, campaign.channel, person, at=now)
        reason = verdict.reason if verdict.action is Action.SUPPRESS else ""
        if not reason and row.pk not in reached:
            reason = "They have no device that takes pushes."
        row.state = RecipientState.UNWANTED if reason else RecipientState.WANTED
        row.reason = reason
        row.address_key = address_key(row.email) if row.email else ""
    CampaignRecipient.objects.bulk_update(rows, ["state", "reason", "address_key"])


def _reached(campaign: Campaign, rows: list[CampaignRecipient]) -> set[int]:
    """Those with something to send to: an address, or a phone that is in use."""
    if campaign.channel == Channel.EMAIL:
        return {row.pk for row in rows}
    users = [row.user_id for row in rows if row.user_id]
    with_device = set(devices_of(users, bulk=True).values_list("user_id", flat=True))
    return {row.pk for row in rows if row.user_id in with_device}


def _tell(campaign: Campaign, rows: list[CampaignRecipient]) -> None:
    texts = texts_of(campaign)
    by_key = {f"campaign:{campaign.pk}:{row.person}": row for row in rows}
    recipients = [
        Recipient(
            key,
            context_for(campaign, texts, row.language, row.name),
            email=row.email if campaign.channel == Channel.EMAIL else "",
            user_id=row.user_id,
            language=row.language,
        )
        for key, row in by_key.items()
    ]
    told = notify_many(kind=kind_of(campaign), recipients=recipients)
    for notification in told:
        by_key[notification.dedupe_key].notification_id = notification.pk
    for row in rows:
        row.state = RecipientState.TOLD
    CampaignRecipient.objects.bulk_update(rows, ["state", "notification_id"])
