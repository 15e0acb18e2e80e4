"""Senders that work the queue off, and are killed while they do."""

import logging
import os
import random
import signal
import time

from django.db import connection, transaction
from django.utils import timezone

from core.enums import Queue
from core.events.worker import work_off
from core.models import Delivery as Work
from notifications.enums import DeliveryState

SENDERS = 3
OPEN = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING]


def storm(dice: random.Random, *, kills: int, seconds: float) -> int:
    """Senders at work until nothing is left, `seconds` at most; returns how many were killed.

    Kills are spread over the work, not over time: on a slow machine, too, a message loses its
    sender now and then, and not three times in a row (then it is given up, and rightly).
    """
    senders = [new_sender() for _ in range(SENDERS)]
    killed, total, until = 0, hurry(), time.monotonic() + seconds
    try:
        while (left := hurry()) and time.monotonic() < until:
            if killed < kills and left < total * (1 - (killed + 1) / (kills + 1)):
                place = dice.randrange(SENDERS)
                end(senders[place])
                killed += 1
                senders[place] = new_sender()
            time.sleep(0.2)
    finally:
        for sender in senders:
            end(sender)
    assert not left, f"{left} are not worked off"
    return killed


@transaction.atomic
def hurry() -> int:
    """Have all pauses be over; returns how much there is to do. Leases run out by themselves."""
    Work.objects.filter(state="ready", due_at__gt=timezone.now()).update(due_at=timezone.now())
    return Work.objects.filter(state__in=["ready", "leased"]).count()


def new_sender() -> int:
    """A process of its own that works the queue off for ever."""
    connection.close()  # the child must not share it
    child = os.fork()
    if child:
        return child
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    logging.disable(logging.CRITICAL)
    while True:
        if not work_off(Queue.DEFAULT) + work_off(Queue.BULK):  # marketing goes in bulk
            time.sleep(0.1)


def end(sender: int) -> None:
    """Without a chance to tidy up."""
    os.kill(sender, signal.SIGKILL)
    os.waitpid(sender, 0)
