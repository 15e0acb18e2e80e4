"""One try at one delivery: taken, then written down. Shared by all channels that send.

Between the two the outside is called without a transaction. A delivery found in "sending" was
left there by a worker that died in between, so nobody knows whether it went out. Essential and
service messages are then sent once more, with the same Message-ID (mail) or collapse id (push):
a payment mail that never comes is worse than one that comes twice, and most programs show the
two as one. Marketing is not: there the doubled mail is the worse fault, unless the provider takes
a key that makes the second one the first.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from core.events import Dead, Ignore, Retry
from core.events.subscriptions import Effect
from notifications.channels.email.news import without_addresses
from notifications.channels.email.send import takes_keys
from notifications.channels.outcome import ATTEMPTS, Ending, Outcome, pause_before
from notifications.enums import Category, Channel, DeliveryNews, DeliveryState, SuppressionReason
from notifications.models import Delivery
from notifications.services.history import add_line
from notifications.services.hygiene.judge import judge
from notifications.services.hygiene.window import count_answers
from notifications.services.suppression import record_suppression

logger = structlog.get_logger(__name__)

K, S = DeliveryNews, DeliveryState
LINES = {S.FAILED: K.FAILED, S.SUPPRESSED: K.SUPPRESSED, S.UNCERTAIN: K.UNCERTAIN}
TAKEN_BEFORE = {S.SENDING, S.UNCERTAIN}


@dataclass(frozen=True, slots=True)
class End:
    """What one try is written down as, and what is raised then: another try, or giving up."""

    write: Effect
    raised: Retry | Dead | None = None


def take(*, delivery_id: UUID) -> Delivery:
    """Mark the delivery as being sent, committed before anything leaves the house.

    Raises Ignore when there is nothing (more) to send.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_related("notification", "device").filter(pk=delivery_id).first()
        )
        if delivery is None:
            raise Ignore("The delivery is gone.")
        repeating = delivery.state in TAKEN_BEFORE
        if repeating and not may_repeat(delivery):
            delivery.move_to(S.UNCERTAIN, reason="Perhaps sent; marketing is not sent twice.")
        elif delivery.move_to(S.SENDING, attempts=delivery.attempts + 1):
            return delivery
    raise Ignore(f"Already {delivery.get_state_display().lower()}.")


def may_repeat(delivery: Delivery) -> bool:
    """Whether a message that was perhaps sent is sent again."""
    if delivery.notification.category != Category.MARKETING:
        return True
    return delivery.channel == Channel.EMAIL and takes_keys()


@contextmanager
def not_out_yet(*deliveries: Delivery) -> Iterator[None]:
    """Around what is done before anything leaves the house: should it break, the deliveries are
    queued as before, not "perhaps sent"."""
    try:
        yield
    except Exception:
        with transaction.atomic():
            for delivery in deliveries:
                delivery.move_to(S.QUEUED, attempts=delivery.attempts - 1)
        raise


def settle(delivery: Delivery, outcome: Outcome) -> Effect:
    """What to commit with "done"; raises Retry or Dead after writing down why.

    Retries wait 30 s, 2 min, 10 min, 1 h, 6 h, or as long as the other side asked.
    """
    end = end_of(delivery, outcome)
    if end.raised is not None:
        with transaction.atomic():
            end.write()
        raise end.raised

    def commit() -> None:
        end.write()
        heed([(delivery, outcome)])

    return commit


def end_of(delivery: Delivery, outcome: Outcome) -> End:
    """How a try ended; nothing is written before `write` is called."""
    if outcome.our_fault:
        logger.error("notification.our_fault", delivery=str(delivery.pk), reason=outcome.reason)
    told = {"reason": outcome.reason, "provider": outcome.provider}
    if outcome.ending is Ending.SENT:
        return End(_sent(delivery, outcome))
    if outcome.ending is Ending.REFUSED:
        return End(_refused(delivery, outcome))
    if outcome.ending is Ending.UNCERTAIN and not may_repeat(delivery):
        return End(_move(delivery, S.UNCERTAIN, **told))
    return _again(delivery, outcome)


def heed(ended: Sequence[tuple[Delivery, Outcome]]) -> None:
    """What FCM's answers about devices mean for them, and for how many of them are gone.

    First counted, then judged: workers that do both meet in one order.
    """
    answered = [one for one in ended if one[0].device_id and one[1].is_answer]
    count_answers(len(answered))
    for delivery, outcome in answered:
        if delivery.device_id and outcome.deactivate:
            judge(device_id=delivery.device_id, reason=outcome.deactivate)


def suppress(delivery: Delivery, reason: str) -> Effect:
    """Not sent on purpose; the reason is what support will read."""
    return _move(delivery, S.SUPPRESSED, reason=reason)


def refuse(delivery: Delivery, reason: str) -> Effect:
    """It cannot be sent at all."""
    return _move(delivery, S.FAILED, reason=reason)


def _again(delivery: Delivery, outcome: Outcome) -> End:
    """Another try, or giving up; why it did not work is written down."""
    state = S.UNCERTAIN if outcome.ending is Ending.UNCERTAIN else S.QUEUED
    tries = delivery.attempts - outcome.not_tried
    given_up = tries >= ATTEMPTS

    def write() -> None:
        delivery.move_to(
            S.DEAD if given_up else state,
            reason=outcome.reason,
            provider=outcome.provider,
            attempts=tries,
        )
        if not outcome.not_tried:
            kind = K.UNCERTAIN if outcome.ending is Ending.UNCERTAIN else K.LATER
            _tell(delivery, K.GIVEN_UP if given_up else kind, outcome.reason)

    if given_up:
        return End(write, Dead(f"Given up after {tries} tries: {outcome.reason}"))
    pause = pause_before(tries + 1) if outcome.after is None else outcome.after
    return End(write, Retry(outcome.reason, after=pause))


def _move(delivery: Delivery, state: DeliveryState, **columns: Any) -> Effect:
    def write() -> None:
        delivery.move_to(state, **columns)
        _tell(delivery, LINES[state], columns["reason"])

    return write


def _refused(delivery: Delivery, outcome: Outcome) -> Effect:
    failed = _move(delivery, S.FAILED, reason=outcome.reason, provider=outcome.provider)

    def write() -> None:
        failed()
        if outcome.address_gone:
            record_suppression(
                email=delivery.target,
                reason=SuppressionReason.HARD_BOUNCE,
                source=outcome.provider,
                delivery_id=delivery.pk,
            )

    return write


def _sent(delivery: Delivery, outcome: Outcome) -> Effect:
    """Written down also where the provider's webhook was faster: the state then stays as told."""
    columns = {
        "provider": outcome.provider,
        "provider_message_id": outcome.message_id,
        "sent_at": timezone.now(),
    }

    def write() -> None:
        if not delivery.move_to(S.SENT, reason="", **columns):
            Delivery.objects.filter(pk=delivery.pk).update(**columns)
        _tell(delivery, K.SENT, outcome.reason)

    return write


def _tell(delivery: Delivery, kind: DeliveryNews, detail: str) -> None:
    add_line(delivery_id=delivery.pk, kind=kind, detail=without_addresses(detail))
