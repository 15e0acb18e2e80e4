"""Who reacts to what. Filled by each floor's `subscribers.py`, mirrored in a table.

The table is what the database fans out by, so that an event written by raw SQL reaches the same
subscribers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.enums import Queue
from core.events.event import Event

Effect = Callable[[], None]
Handler = Callable[[Event], Effect | None]

MAX_ATTEMPTS = 12  # with full jitter up to 6 h each: about a day


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A function that reacts, and how.

    `outside`: it talks to the outside world, so it runs outside a transaction; the effect it
    returns commits together with "done". `first`: somebody waits for it at a screen, so it is
    claimed before what waits longer in the same queue.
    """

    name: str
    handler: Handler
    event_types: tuple[str, ...]
    queue: Queue
    outside: bool
    max_attempts: int
    first: bool = False


SUBSCRIBERS: dict[str, Subscriber] = {}


def subscribe(
    *event_types: str,
    queue: str = "default",
    outside: bool = False,
    max_attempts: int = MAX_ATTEMPTS,
    first: bool = False,
) -> Callable[[Handler], Handler]:
    """Have the decorated function react to `event_types`.

    "<sender>.*" stands for what arrives from a sender and nobody asked for by name.
    Raises ValueError when another function already has its name (floor.function).
    """

    def register(handler: Handler) -> Handler:
        floor = handler.__module__.split(".")[0]
        name = f"{floor}.{handler.__name__}"
        known = SUBSCRIBERS.get(name)
        if known and known.handler.__module__ != handler.__module__:
            raise ValueError(f"Two subscribers are called {name}.")
        SUBSCRIBERS[name] = Subscriber(
            name, handler, tuple(event_types), Queue(queue), outside, max_attempts, first
        )
        return handler

    return register


def queues_of(event_type: str) -> set[Queue]:
    """The queues in which somebody waits for `event_type`."""
    named = {s.queue for s in SUBSCRIBERS.values() if event_type in s.event_types}
    return named or {s.queue for s in SUBSCRIBERS.values() if rest_of(event_type) in s.event_types}


def rest_of(event_type: str) -> str:
    """Under which name the rest of its sender is asked for; the fan-out in the database agrees."""
    return event_type.partition(".")[0] + ".*"


def sync_subscriptions(*, using: str = "default", **_: Any) -> None:
    """Make the table say what the code says. Runs after each migrate."""
    from core.models import Subscription

    wanted = {(kind, s.name): s.queue for s in SUBSCRIBERS.values() for kind in s.event_types}
    if "core_subscription" not in _tables(using):
        return
    rows = {(row.event_type, row.subscriber): row for row in Subscription.objects.using(using)}
    stale = [row.pk for key, row in rows.items() if wanted.get(key) != row.queue]
    Subscription.objects.using(using).filter(pk__in=stale).delete()
    Subscription.objects.using(using).bulk_create(
        [
            Subscription(event_type=kind, subscriber=name, queue=queue)
            for (kind, name), queue in wanted.items()
            if (kind, name) not in rows or rows[(kind, name)].pk in stale
        ],
        ignore_conflicts=True,
    )


def _tables(using: str) -> list[str]:
    from django.db import connections

    return connections[using].introspection.table_names()
