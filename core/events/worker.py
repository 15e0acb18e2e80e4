"""Working deliveries off: claim a batch, commit each one for itself.

A transactional subscriber's effect and its "done" commit together. A subscriber that talks to the
outside runs outside any transaction and returns the effect to commit. Whatever kills the worker in
between, the lease runs out and another takes the delivery over; the zombie cannot mark it.
"""

import os
import socket
import time
import traceback

import structlog
from django.db import transaction

from core.enums import DeliveryState, Queue
from core.events.bell import answer, ring
from core.events.claims import QUARANTINE_AFTER, Claim, claim
from core.events.event import Dead, Ignore, Retry
from core.events.heartbeat import Heartbeat
from core.events.outcome import LeaseLost, backoff_seconds, finish, postpone
from core.events.subscriptions import SUBSCRIBERS, Subscriber
from core.events.tick import queues_with_due_work
from core.identity import Identity, Role, acting_as, acting_as_system

logger = structlog.get_logger(__name__)

# How many are claimed at once. One of the bulk queue may be five hundred pushes or a campaign's
# step, and whoever has claimed them does nothing else before they are done.
BATCH = {Queue.MONEY: 50, Queue.DEFAULT: 50, Queue.BULK: 5}
# How long one ring keeps a pair of hands. What can wait lets go after each batch while money is
# due: it still gets a batch a ring, so that a flood of money does not stop the mail altogether.
BUDGET_SECONDS = {Queue.MONEY: 20.0, Queue.DEFAULT: 5.0, Queue.BULK: 3.0}


def work_off(queue: Queue, *, batch: int | None = None, budget: float | None = None) -> int:
    """Work due deliveries of a queue off until none is due or `budget` seconds passed.

    Budget and batch (how many are claimed at once) are the queue's own unless given.

    Returns how many were tried. A full batch rings for a second pair of hands.
    """
    answer(queue)
    worker = f"{socket.gethostname()}:{os.getpid()}"
    tried, batch = 0, batch or BATCH[queue]
    until = time.monotonic() + (BUDGET_SECONDS[queue] if budget is None else budget)
    with Heartbeat() as heartbeat:
        while time.monotonic() < until:
            claimed_at = time.monotonic()
            with acting_as_system("event log"), transaction.atomic():
                claims = claim(queue, limit=batch, worker=worker)
            if not claims:
                return tried
            if len(claims) == batch:
                ring(queue)
            heartbeat.hold(claims, claimed_at=claimed_at)
            for claimed in claims:
                if not heartbeat.begin(claimed):
                    logger.warning("delivery.left_alone", delivery=claimed.delivery_id)
                    continue
                deliver(claimed)
                heartbeat.release(claimed)
                tried += 1
            if queue is not Queue.MONEY and Queue.MONEY in queues_with_due_work():
                break
    ring(queue)
    return tried


def deliver(claimed: Claim) -> None:
    """Have one subscriber react to one event, and write down how it went."""
    subscriber = SUBSCRIBERS.get(claimed.subscriber)
    began = time.perf_counter()
    identity = Identity(Role.SYSTEM, claimed.event.actor_id, f"subscriber {claimed.subscriber}")
    with acting_as(identity):
        try:
            _react(_fit_to_run(subscriber, claimed), claimed, began)
        except LeaseLost as lost:
            logger.warning("delivery.lease_lost", delivery=claimed.delivery_id, error=str(lost))
        except Exception as error:
            _write_down(error, subscriber, claimed, _milliseconds(began))


def _fit_to_run(subscriber: Subscriber | None, claimed: Claim) -> Subscriber:
    """The subscriber, unless it is gone or this delivery keeps killing its workers."""
    if subscriber is None:
        raise Ignore("No such subscriber any more.")
    if claimed.lost_leases >= QUARANTINE_AFTER:
        raise Dead(f"Quarantined: its worker died {claimed.lost_leases} times.")
    return subscriber


def _react(subscriber: Subscriber, claimed: Claim, began: float) -> None:
    if subscriber.outside:
        effect = subscriber.handler(claimed.event)
        with transaction.atomic():
            if effect is not None:
                effect()
            finish(claimed, DeliveryState.DONE, milliseconds=_milliseconds(began))
        return
    with transaction.atomic():
        subscriber.handler(claimed.event)
        finish(claimed, DeliveryState.DONE, milliseconds=_milliseconds(began))


def _write_down(
    error: Exception, subscriber: Subscriber | None, claimed: Claim, milliseconds: int
) -> None:
    """Ignored, again later, or dead: in a transaction of its own, the effect is rolled back."""
    attempts_left = subscriber is not None and claimed.attempts < subscriber.max_attempts
    with transaction.atomic():
        try:
            if isinstance(error, Ignore):
                finish(claimed, DeliveryState.IGNORED, milliseconds=milliseconds, note=str(error))
            elif isinstance(error, Dead) or not attempts_left:
                logger.error(
                    "delivery.dead", delivery=claimed.delivery_id, subscriber=claimed.subscriber,
                    error=repr(error),
                )  # fmt: skip
                finish(claimed, DeliveryState.DEAD, milliseconds=milliseconds, note=_told(error))
            else:
                asked = error.after if isinstance(error, Retry) else None
                seconds = backoff_seconds(claimed.attempts) if asked is None else asked
                postpone(claimed, seconds=seconds, milliseconds=milliseconds, error=_told(error))
        except LeaseLost:
            logger.warning("delivery.lease_lost", delivery=claimed.delivery_id)


def _told(error: Exception) -> str:
    """What staff read: the sentence of a refusal, the end of the traceback of a bug."""
    if isinstance(error, Dead | Retry):
        return str(error)
    return "".join(traceback.format_exception(error))[-4000:]


def _milliseconds(began: float) -> int:
    return int((time.perf_counter() - began) * 1000)
