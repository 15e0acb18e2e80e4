"""Sending a campaign to somebody on the staff first."""

from uuid import uuid4

from django.db import transaction

from core.audit import record_audit
from core.errors import Invalid
from notifications.enums import Channel
from notifications.models import Campaign, Notification
from notifications.services.campaigns.texts import (
    SAMPLE,
    check_texts,
    context_for,
    kind_of,
    texts_of,
)
from notifications.services.notify import notify


@transaction.atomic
def send_trial(
    *, campaign: Campaign, language: str, email: str, user_id: object = None
) -> Notification:
    """Send it as it would go out in this language; to the address, or to the user's devices.

    The trial ignores what its reader chose to hear. Raises Invalid for texts that cannot be used.
    """
    check_texts(campaign)
    if campaign.channel == Channel.EMAIL and not email:
        raise Invalid("Where to?", details={"email": ["An e-mail address."]})
    told = notify(
        kind=kind_of(campaign),
        dedupe_key=f"campaign_trial:{campaign.pk}:{uuid4()}",
        context=context_for(campaign, texts_of(campaign), language, SAMPLE),
        email=email if campaign.channel == Channel.EMAIL else None,
        user_id=user_id,  # type: ignore[arg-type]  # a user's key
        language=language,
        category="essential",
    )
    record_audit(action="campaign.try", resource=campaign, details={"language": language})
    return told
