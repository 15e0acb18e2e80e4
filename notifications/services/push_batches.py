"""Many pushes that are due at once: their first try goes to FCM together.

Only the first. What must be tried again is announced by itself, put off until its time, and goes
the way of single pushes (push_subscribers.send_push), with the same tries and pauses. A batch that
lost its worker is taken apart as well: what may be sent twice, and what must not, is decided for
each delivery by the state it was left in (attempts.take).
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from core.events import Retry
from core.events.publish_many import News, publish_many
from core.events.subscriptions import Effect
from notifications.channels.outcome import Ending, Outcome
from notifications.enums import DeliveryNews, DeliveryState, states_before
from notifications.models import Delivery
from notifications.services.attempts import end_of, heed
from notifications.services.history import add_lines
from notifications.services.push_queue import by_itself

S = DeliveryState


@transaction.atomic
def take_all(*, delivery_ids: Sequence[UUID]) -> list[Delivery]:
    """Mark those that are still queued as being sent, before anything leaves the house."""
    taken = list(
        Delivery.objects.select_for_update(of=("self",))
        .select_related("notification", "device")
        .filter(pk__in=delivery_ids, state=S.QUEUED)
        .order_by("pk")
    )
    Delivery.objects.filter(pk__in=[one.pk for one in taken]).update(
        state=S.SENDING, attempts=F("attempts") + 1, updated_at=Now()
    )
    for one in taken:
        one.state, one.attempts = S.SENDING, one.attempts + 1
    return taken


def settle_all(ended: Sequence[tuple[Delivery, Outcome]], others: Sequence[Effect]) -> Effect:
    """What to commit with "done": how each ended, and what became of those that were not sent."""

    def commit() -> None:
        for write in others:
            write()
        _write_sent([one for one in ended if one[1].ending is Ending.SENT])
        later: list[News] = []
        for delivery, outcome in ended:
            if outcome.ending is Ending.SENT:
                continue
            end = end_of(delivery, outcome)
            end.write()
            if isinstance(end.raised, Retry):
                later.append(_again(delivery, after=end.raised.after or 0.0))
        heed(ended)
        publish_many(later)

    return commit


def _write_sent(sent: Sequence[tuple[Delivery, Outcome]]) -> None:
    """Those that FCM took: a handful of statements, however many they are."""
    if not sent:
        return
    ids = [delivery.pk for delivery, _ in sent]
    Delivery.objects.filter(pk__in=ids, state__in=states_before(S.SENT)).update(
        state=S.SENT, reason="", updated_at=Now()
    )
    Delivery.objects.filter(pk__in=ids).update(provider=sent[0][1].provider, sent_at=timezone.now())
    for delivery, outcome in sent:
        delivery.provider_message_id = outcome.message_id
    Delivery.objects.bulk_update([one for one, _ in sent], ["provider_message_id"])
    add_lines(delivery_ids=ids, kind=DeliveryNews.SENT)


def take_apart(*, delivery_ids: Collection[UUID]) -> None:
    """Announce each that has no end yet by itself."""
    unfinished = Delivery.objects.filter(
        pk__in=delivery_ids, state__in=[S.QUEUED, S.SENDING, S.UNCERTAIN]
    )
    unfinished = unfinished.select_related("notification").order_by("pk")
    publish_many([_again(one) for one in unfinished])


def _again(delivery: Delivery, *, after: float = 0.0) -> News:
    return by_itself(delivery, category=delivery.notification.category, after=after)
