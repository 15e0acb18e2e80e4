"""A mail server takes no key: what was perhaps taken is sent once more if it matters."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from notifications.models import Delivery
from notifications.services.given_up import record_given_up
from notifications.services.notify import Recipient, notify_many
from rehearsal.testing import RunningRehearsal, running_rehearsal
from tests.faults.senders import OPEN, storm

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MAILS = 200  # of each class
KILLS = 4
PAID = {"reference": "pay_1", "amount": {"amount": "1.00", "currency": "EUR"}}
CART = {"url": "https://shop.example/cart", "lines": []}


@pytest.fixture
def outside(tmp_path: Any, settings: Any) -> Iterator[RunningRehearsal]:
    """A mail server that takes some mails without an answer, and asks for patience with others."""
    with running_rehearsal(tmp_path) as world:
        settings.EMAIL_BACKEND = "notifications.channels.email.smtp.WatchedBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", world.smtp_port
        settings.EMAIL_TIMEOUT = 2
        world.client.mail_fault("drop", to="3@", times=30)
        world.client.mail_fault("reject", to="7@", times=30, code=451, at="data")
        yield world


def test_essential_mail_arrives_and_marketing_never_twice(outside: RunningRehearsal) -> None:
    for kind, what, to in (
        ("payment_thank_you", PAID, "payer"),
        ("cart_reminder", CART, "cart"),
    ):
        people = [Recipient(f"{to}:{n}", what, f"{to}-{n}@example.com") for n in range(MAILS)]
        with transaction.atomic():
            notify_many(kind=kind, recipients=people)
    killed = storm(random.Random(20261130), kills=KILLS, seconds=300)
    with transaction.atomic():
        record_given_up()
        states = Counter(Delivery.objects.values_list("notification__kind", "state"))
        perhaps = set(Delivery.objects.filter(state="uncertain").values_list("target", flat=True))
    mails = outside.client.mails()
    came = Counter(mail["recipients"][0] for mail in mails)
    ids = {(mail["recipients"][0], mail["headers"]["message-id"]) for mail in mails}

    assert killed == KILLS
    assert not [state for _, state in states if state in OPEN], "every outcome is stated"
    assert all(came[f"payer-{n}@example.com"] for n in range(MAILS)), "what matters arrives"
    assert states["payment_thank_you", "sent"] == MAILS
    assert sum(came.values()) > len(came), "some came twice: the server takes no key"
    assert len(ids) == len(came), "under one Message-ID, so that mail programs show one"
    offers = {address: n for address, n in came.items() if address.startswith("cart")}
    assert set(offers.values()) == {1}, "marketing never comes twice"
    missing = {f"cart-{n}@example.com" for n in range(MAILS)} - set(offers)
    assert missing <= perhaps, "what did not come is called perhaps sent"
    assert perhaps, "the storm did drop answers to marketing"
