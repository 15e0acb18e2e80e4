"""Campaigns whose call was lost, which only happens when a step kept failing."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.identity import acting_as_system
from notifications.enums import CampaignState
from notifications.models import Campaign
from notifications.services.campaigns.steering import call_worker

SILENT_FOR = timedelta(minutes=30)  # a step's people are one minute's at most: far longer


def call_silent_campaigns() -> int:
    """Call a worker for those at work that have not moved for long; returns how many."""
    with acting_as_system("campaigns"), transaction.atomic():
        silent = Campaign.objects.select_for_update(skip_locked=True).filter(
            state__in=[CampaignState.PREPARING, CampaignState.RUNNING],
            updated_at__lt=timezone.now() - SILENT_FOR,
        )
        for campaign in silent:
            campaign.step += 1
            campaign.save()
            call_worker(campaign)
        return len(silent)
