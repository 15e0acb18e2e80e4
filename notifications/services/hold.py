"""The decision once more, just before a message leaves: much may have been said since it was
written."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.events.publish_many import publish_many
from core.events.subscriptions import Effect
from notifications.enums import Channel, DeliveryState
from notifications.models import Delivery
from notifications.services.attempts import suppress
from notifications.services.decide import Action, Person, Verdict, decide
from notifications.services.deliveries import columns_of
from notifications.services.people import Target, people
from notifications.services.waiting import wake_up_calls


def held_back(delivery: Delivery) -> Effect | None:
    """What to commit instead of sending a delivery that was taken; None when it may go."""
    return held_back_all([delivery])[0]


def held_back_all(deliveries: Sequence[Delivery]) -> list[Effect | None]:
    """The same for many, in their order: a handful of queries for each kind among them."""
    now = timezone.now()
    alike: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for one in deliveries:
        alike[one.notification.kind, one.notification.category].append(one)
    held: dict[UUID, Effect | None] = {}
    for (kind, importance), some in alike.items():
        with transaction.atomic():
            persons = people(
                [_target(one) for one in some], kind=kind, importance=importance, at=now
            )
        for one, person in zip(some, persons, strict=True):
            verdict = decide(kind, importance, one.channel, person, at=now, again=True)
            held[one.pk] = _instead(one, verdict, person)
    return [held[one.pk] for one in deliveries]


def _target(delivery: Delivery) -> Target:
    told = delivery.notification
    return Target(
        told.user_id, delivery.target if delivery.channel == Channel.EMAIL else told.email
    )


def _instead(delivery: Delivery, verdict: Verdict, person: Person) -> Effect | None:
    if verdict.action is Action.SEND:
        return None
    if verdict.action is Action.SUPPRESS:
        return suppress(delivery, verdict.reason)

    def wait() -> None:
        columns = columns_of(verdict, delivery.channel, person)
        state = DeliveryState(columns.pop("state"))
        # waiting costs no try
        if delivery.move_to(state, attempts=max(delivery.attempts - 1, 0), **columns):
            publish_many(wake_up_calls([delivery]))

    return wait
