"""A worker dies between handing a mail over and writing it down: the one window there is."""

import os
import signal
import time
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.enums import Queue
from core.events.worker import work_off
from core.models import Delivery as Work
from notifications import subscribers
from notifications.models import Delivery
from notifications.services.notify import notify
from rehearsal.testing import RunningRehearsal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def killed_worker(outside: RunningRehearsal) -> None:
    """A process of its own hands the mail over and is killed before it can write that down."""
    connection.close()  # the child must not share it
    child = os.fork()
    if child == 0:
        subscribers.settle = lambda *_: time.sleep(60)
        work_off(Queue.DEFAULT)
        work_off(Queue.BULK)  # marketing's
        os._exit(0)
    try:
        outside.client.wait_for_mail(to="buyer@example.com")
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@transaction.atomic
def state() -> str:
    return Delivery.objects.get().state


@pytest.mark.parametrize(("category", "mails"), [("essential", 2), ("marketing", 1)])
def test_essential_mail_goes_again_under_its_id_and_marketing_does_not(
    outside: RunningRehearsal, category: Any, mails: int
) -> None:
    with transaction.atomic():
        told = notify(
            kind="payment_thank_you",
            dedupe_key="x",
            context={"reference": "pay_1", "amount": {"amount": "1.00", "currency": "EUR"}},
            email="buyer@example.com",
            category=category,
        )
    killed_worker(outside)
    assert state() == "sending"
    with transaction.atomic():  # the lease ends
        Work.objects.filter(state="leased").update(due_at=timezone.now())
    work_off(Queue.DEFAULT)
    work_off(Queue.BULK)
    arrived = outside.client.mails()
    assert len(arrived) == mails
    with transaction.atomic():
        delivery = told.deliveries.get()
    assert {mail["headers"]["message-id"] for mail in arrived} == {f"<{delivery.pk}@example.com>"}
    assert delivery.state == ("sent" if category == "essential" else "uncertain")
