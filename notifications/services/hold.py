"""The decision once more, just before a message leaves: much may have been said since it was
written."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from core.events.publish_many import publish_many
from notifications.enums import DeliveryState
from notifications.models import Delivery
from notifications.services.attempts import suppress
from notifications.services.decide import Action, decide
from notifications.services.deliveries import columns_of
from notifications.services.people import Target, people
from notifications.services.waiting import wake_up_calls


def held_back(delivery: Delivery) -> Callable[[], None] | None:
    """What to commit instead of sending a delivery that was taken; None when it may go."""
    told, now = delivery.notification, timezone.now()
    target = Target(told.user_id, delivery.target if delivery.channel == "email" else told.email)
    with transaction.atomic():
        (person,) = people([target], kind=told.kind, importance=told.category, at=now)
    verdict = decide(told.kind, told.category, delivery.channel, person, at=now, again=True)
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
