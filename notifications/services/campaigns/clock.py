"""Campaigns whose call was lost, which only happens when a step kept failing, or killing."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.identity import acting_as_system
from notifications.enums import CampaignState
from notifications.models import Campaign
from notifications.services.campaigns.steering import call_worker

SILENT_FOR = timedelta(minutes=30)  # a step's people are one minute's at most: far longer
LATE = timedelta(minutes=5)  # a scheduled one is called at its time, and begins within seconds


def call_silent_campaigns() -> int:
    """Call a worker for those at work that have not moved for long, and for those that did not
    begin at their time; returns how many.

    For the same step: a call that is not lost, but waits behind much else, keeps its turn, and
    whichever is taken second finds the step done.
    """
    long_ago = timezone.now() - SILENT_FOR
    at_work = Q(state__in=[CampaignState.PREPARING, CampaignState.RUNNING])
    due = Q(state=CampaignState.SCHEDULED) & (
        Q(starts_at__isnull=True) | Q(starts_at__lt=timezone.now() - LATE)
    )
    with acting_as_system("campaigns"), transaction.atomic():
        silent = Campaign.objects.select_for_update(skip_locked=True).filter(
            at_work & Q(updated_at__lt=long_ago) | due
        )
        for campaign in silent:
            campaign.save(update_fields=["updated_at"])
            call_worker(campaign)
        return len(silent)
