"""Pushes leave the house: one, or many at once."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from firebase_admin import messaging

from core.errors import NotFound
from core.events import Event, subscribe
from core.events.subscriptions import Effect
from notifications.channels.gate import push_gate
from notifications.channels.push.message import push_for
from notifications.channels.push.reachable import hindrance_of
from notifications.channels.push.send import push, push_all, push_is_set_up
from notifications.models import Delivery
from notifications.rendering import push_words
from notifications.rendering.environment import TemplateRefused
from notifications.rendering.wording import NoWording, published_of
from notifications.services.attempts import (
    not_out_yet,
    refuse,
    settle,
    suppress,
    take,
)
from notifications.services.hold import held_back_all
from notifications.services.push_batches import settle_all, take_all, take_apart
from notifications.services.push_queue import (
    MARKETING_PUSH_QUEUED,
    MARKETING_PUSHES_QUEUED,
    PUSH_QUEUED,
    PUSHES_QUEUED,
)

Messages = list[tuple[Delivery, messaging.Message]]


@subscribe(PUSH_QUEUED, outside=True)
def send_push(event: Event) -> Effect:
    """Send one push to one device; its answer decides about that device only."""
    return _send_one(event)


@subscribe(MARKETING_PUSH_QUEUED, queue="bulk", outside=True)
def send_marketing_push(event: Event) -> Effect:
    """An offer, where nobody waits behind it."""
    return _send_one(event)


def _send_one(event: Event) -> Effect:
    delivery = take(delivery_id=UUID(event.data["delivery_id"]))
    messages, others = _written([delivery])
    if not messages:
        return others[0]
    message = messages[0][1]
    return settle(delivery, push_gate().send(lambda: push(message), attempt=event.attempt))


@subscribe(PUSHES_QUEUED, queue="bulk", first=True, outside=True)
def send_pushes(event: Event) -> Effect:
    """Many of one fact, such as the weekly report: no single push waits behind them."""
    return _send_all(event)


@subscribe(MARKETING_PUSHES_QUEUED, queue="bulk", outside=True)
def send_marketing_pushes(event: Event) -> Effect:
    """Campaigns, where nobody at all waits behind them."""
    return _send_all(event)


def _send_all(event: Event) -> Effect:
    """The first try of many; each ends by its own answer. A second time they go one by one, and so
    does what an earlier run had taken, where staff replay one that was given up."""
    ids = [UUID(one) for one in event.data["delivery_ids"]]
    if event.attempt > 1:
        return lambda: take_apart(delivery_ids=ids)
    taken = take_all(delivery_ids=ids)
    messages, others = _written(taken)
    if left := set(ids) - {one.pk for one in taken}:
        others.append(lambda: take_apart(delivery_ids=left))
    outcomes = push_gate().send_all(
        [message for _, message in messages], push_all, attempt=event.attempt
    )
    ended = [(one, outcome) for (one, _), outcome in zip(messages, outcomes, strict=True)]
    return settle_all(ended, others)


def _written(taken: Sequence[Delivery]) -> tuple[Messages, list[Effect]]:
    """The messages of those that may go, and what to commit for the others."""
    messages: Messages = []
    others: list[Effect] = []
    with not_out_yet(*taken):
        may_go: list[Delivery] = []
        for delivery in taken:
            hindrance = hindrance_of(delivery) if push_is_set_up() else "Push is not set up."
            if hindrance:
                others.append(suppress(delivery, hindrance))
            else:
                may_go.append(delivery)
        going = []
        for delivery, held in zip(may_go, held_back_all(may_go), strict=True):
            if held:
                others.append(held)
            else:
                going.append(delivery)
        with transaction.atomic():
            published = {kind: published_of(kind) for kind in _kinds(going)}
            for delivery in going:
                told = delivery.notification
                try:
                    title, body = push_words(told, published[told.kind])
                except (NotFound, TemplateRefused, NoWording) as error:
                    others.append(refuse(delivery, str(error)))
                else:
                    messages.append((delivery, push_for(delivery, title, body)))
    return messages, others


def _kinds(deliveries: Sequence[Delivery]) -> set[str]:
    return {one.notification.kind for one in deliveries}
