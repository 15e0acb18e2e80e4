"""What a mail provider tells: written into the history, then into the state it may change.

States only move forward (enums.NEXT): "delivered" that is late or repeated changes nothing after a
bounce. Opens and clicks stand beside the state. News can be faster than our own commit; it is
found by our delivery's id, which is committed before anything leaves the house.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Least, Lower
from django.utils import timezone

from notifications.channels.email.news import MailNews
from notifications.enums import Channel, DeliveryNews, DeliveryState, SuppressionReason
from notifications.models import Delivery, DeliveryEvent
from notifications.services.history import add_line
from notifications.services.suppression import record_suppression

K, S = DeliveryNews, DeliveryState
STATES = {
    K.SENT: S.SENT,
    K.FAILED: S.FAILED,
    K.DEFERRED: S.DEFERRED,
    K.DELIVERED: S.DELIVERED,
    K.SOFT_BOUNCE: S.BOUNCED,
    K.HARD_BOUNCE: S.BOUNCED,
    K.COMPLAINED: S.COMPLAINED,
}
STOPS = {
    K.HARD_BOUNCE: SuppressionReason.HARD_BOUNCE,
    K.COMPLAINED: SuppressionReason.COMPLAINT,
    K.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
}
SOFT_BOUNCES = 3
WITHIN = PAUSE = timedelta(days=7)


@transaction.atomic
def record_mail_news(*, news: MailNews, arrival_id: int | None = None) -> bool:
    """Write one piece of news down and draw its consequences; False when it says nothing new.

    False as well for mail that is not ours, or whose delivery was cleaned away.
    """
    delivery = _delivery_of(news)
    if delivery is None or not add_line(
        delivery_id=delivery.pk,
        kind=news.kind,
        detail=news.detail,
        source=news.provider,
        at=news.at,
        key=news.key,
        arrival_id=arrival_id,
    ):
        return False
    _move(delivery, news)
    _note_engagement(delivery, news)
    _stop_writing(delivery, news)
    return True


def _delivery_of(news: MailNews) -> Delivery | None:
    mails = Delivery.objects.filter(channel=Channel.EMAIL)
    if news.delivery_id is not None:
        return mails.filter(pk=news.delivery_id).first()
    if not news.message_id:
        return None
    return mails.filter(provider_message_id=news.message_id).first()


def _move(delivery: Delivery, news: MailNews) -> None:
    state = STATES.get(news.kind)
    if state is None:
        return
    reason = f"{news.kind.label}: {news.detail}" if news.detail else ""
    moved = delivery.move_to(
        state,
        reason="" if state in {S.SENT, S.DELIVERED} else reason or news.kind.label,
        provider=news.provider,
    )
    if moved and state is not S.FAILED and delivery.sent_at is None:
        # told before we wrote it down ourselves, or our own answer was lost
        Delivery.objects.filter(pk=delivery.pk).update(
            sent_at=news.at, provider_message_id=news.message_id
        )


def _note_engagement(delivery: Delivery, news: MailNews) -> None:
    """The first time counts, whatever order they are told in."""
    columns = {K.OPENED: ["opened_at"], K.CLICKED: ["clicked_at", "opened_at"]}.get(news.kind, [])
    if columns:
        Delivery.objects.filter(pk=delivery.pk).update(
            **{column: Least(Coalesce(F(column), news.at), news.at) for column in columns}
        )


def _stop_writing(delivery: Delivery, news: MailNews) -> None:
    reason = STOPS.get(news.kind) or news.stopped_before
    ends = None
    if news.kind is K.SOFT_BOUNCE and _soft_bounces(delivery.target) >= SOFT_BOUNCES:
        reason, ends = SuppressionReason.SOFT_BOUNCES, timezone.now() + PAUSE
    if reason is not None:
        record_suppression(
            email=delivery.target,
            reason=reason,
            source=news.provider,
            delivery_id=delivery.pk,
            expires_at=ends,
        )


def _soft_bounces(address: str) -> int:
    """How many mails to the address came back for now, within the week."""
    to_address = (
        Delivery.objects.alias(address=Lower("target"))
        .filter(channel=Channel.EMAIL, address=address.lower())
        .values("pk")
    )
    since = timezone.now() - WITHIN
    bounced = DeliveryEvent.objects.filter(
        delivery__in=to_address, kind=K.SOFT_BOUNCE, at__gte=since
    )
    return bounced.values("delivery").distinct().count()
