"""The end of somebody's quiet hours: what waited goes, merged into one digest where it may be."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from core.events.publish_many import publish_many
from core.identity import acting_as_system
from notifications.enums import Channel, DeliveryState
from notifications.kinds.manners import manner_of
from notifications.models import Delivery
from notifications.services.decide import Action, Person, Verdict, decide
from notifications.services.digest import write_digest
from notifications.services.notify import announce_all
from notifications.services.people import Target, people
from notifications.services.waiting import wake_up_calls

S = DeliveryState
Place = tuple[str, str]  # channel and target


@transaction.atomic
def wake(*, user_id: UUID, at: datetime) -> int:
    """Decide anew about everything that waits for one person; returns how many no longer wait.

    Two or more that may be merged go to each address and device as one digest. A person whose
    hours were changed meanwhile, or whose next ones have begun, goes on being left in peace.
    """
    with acting_as_system("end of quiet hours"):
        waiting = list(
            Delivery.objects.select_for_update(of=("self",))
            .filter(waits_for=user_id, state=S.WAITING)
            .select_related("notification", "device")
            .order_by("id")
        )
        judged = _judged(waiting, at)
        going = judged.pop(None, [])
        for verdict, deliveries in judged.items():
            _put(deliveries, verdict)
        together, alone = _sorted_out(going)
        _release(alone)
        if together:
            write_digest(user_id=user_id, places=together)
        still = sum(len(rows) for one, rows in judged.items() if one and one.until)
        return len(waiting) - still


def _judged(waiting: list[Delivery], at: datetime) -> dict[Verdict | None, list[Delivery]]:
    """Deliveries by what is decided about them; under None those that go."""
    persons: dict[tuple[str, str], Person] = {}
    judged: dict[Verdict | None, list[Delivery]] = defaultdict(list)
    for one in waiting:
        told = one.notification
        email = one.target if one.channel == Channel.EMAIL else ""
        key = (told.category, email)
        if key not in persons:  # a handful: one address, or two, and two degrees of importance
            (persons[key],) = people(
                [Target(one.waits_for, email)], kind="digest", importance=told.category, at=at
            )
        verdict = decide(told.kind, told.category, one.channel, persons[key], at=at, again=True)
        judged[None if verdict.action is Action.SEND else verdict].append(one)
    return judged


def _put(deliveries: list[Delivery], verdict: Verdict | None) -> None:
    """Not wanted any more, or to wait longer."""
    if verdict is None:
        return
    # those that wait for this end already have their call
    deliveries = [one for one in deliveries if one.waits_until != verdict.until]
    state = S.SUPPRESSED if verdict.action is Action.SUPPRESS else S.WAITING
    Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).update(
        state=state, reason=verdict.reason, waits_until=verdict.until, updated_at=Now()
    )
    for one in deliveries:
        one.state, one.waits_until = state, verdict.until
    publish_many(wake_up_calls(deliveries))


def _sorted_out(going: list[Delivery]) -> tuple[dict[Place, list[Delivery]], list[Delivery]]:
    """What is merged, per place, and what goes by itself."""
    places: dict[Place, list[Delivery]] = defaultdict(list)
    alone: list[Delivery] = []
    for one in going:
        if manner_of(one.notification.kind).digest:
            places[one.channel, one.target].append(one)
        else:
            alone.append(one)
    for place in [place for place, rows in places.items() if len(rows) == 1]:
        alone += places.pop(place)
    return dict(places), alone


def _release(alone: list[Delivery]) -> None:
    Delivery.objects.filter(pk__in=[one.pk for one in alone]).update(
        state=S.QUEUED, reason="Their quiet hours are over.", updated_at=Now()
    )
    announce_all(alone)
