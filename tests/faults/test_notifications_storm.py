"""Everybody is told once, or it is known why not, while the outside and our own senders fail.

NOTIFICATIONS=10000 is the full size; the suite's is smaller, with the same shares of everything.
"""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications.models import Delivery, Device, DeviceAlarm
from notifications.services.given_up import record_given_up
from notifications.services.notify import Recipient, notify_many
from rehearsal.testing import RunningRehearsal, running_rehearsal
from tests.faults.senders import OPEN, storm

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOTIFICATIONS = int(os.environ.get("NOTIFICATIONS", "1200"))
KILLS = max(6, NOTIFICATIONS // 400)
DRAIN_SECONDS = max(300.0, NOTIFICATIONS * 0.2)  # far more than two quiet cores need
SEED = 20261130
PAID = {"reference": "pay_1", "amount": {"amount": "1.00", "currency": "EUR"}}
CART = {"url": "https://shop.example/cart", "lines": []}
# which phones FCM knows no more, and which our payload is wrong for; the others are fine
DEAD = ("dead-", "bad-", "wrong-")
TOKENS = {**dict.fromkeys(range(4), "dead-"), 4: "bad-", 5: "wrong-", 6: "payload-"}  # of 1,000


@pytest.fixture
def outside(tmp_path: Any, settings: Any) -> Iterator[RunningRehearsal]:
    """Mail by a provider that takes a key, push by FCM: both lose answers and refuse."""
    with running_rehearsal(tmp_path) as world:
        settings.EMAIL_BACKEND = "notifications.channels.email.resend.EmailBackend"
        settings.ANYMAIL = {
            "RESEND_API_KEY": "re_storm",
            "RESEND_API_URL": f"{world.base_url}/resend/",
            "REQUESTS_TIMEOUT": (2, 5),
        }
        settings.FIREBASE_CREDENTIALS = json.dumps(world.client.firebase_credentials())
        settings.FIREBASE_API_BASE = world.fcm_base
        for kind, rate, what in (
            ("lost_answer", 0.10, {}),
            ("status", 0.05, {"status": 503, "work": True}),
            ("status", 0.05, {"status": 429}),
        ):
            world.client.add_fault(kind, face="resend", path="/emails", rate=rate, **what)
            world.client.add_fault(kind, face="fcm", path="/v1/*", rate=rate / 2, **what)
        yield world


def test_ten_thousand_are_told_while_everything_fails(outside: RunningRehearsal) -> None:
    dice = random.Random(SEED)
    seed(NOTIFICATIONS)
    began = time.monotonic()
    killed = storm(dice, kills=KILLS, seconds=DRAIN_SECONDS)
    took = time.monotonic() - began
    with transaction.atomic():
        record_given_up()
        states = Counter(Delivery.objects.values_list("notification__kind", "channel", "state"))
        off = set(Device.objects.filter(active=False).values_list("token", flat=True))
        reasons = Counter(
            Delivery.objects.exclude(state__in=["sent", "delivered"]).values_list(
                "notification__kind", "state", "reason"
            )
        )
        dead = {token for token in Device.objects.values_list("token", flat=True) if is_dead(token)}
    print(f"{NOTIFICATIONS} told in {took:.0f} s with {killed} senders killed: {dict(states)}")
    print("\n".join(f"  {count:5} {' '.join(what)[:200]}" for what, count in reasons.most_common()))

    assert killed >= KILLS
    assert not [state for _, _, state in states if state in OPEN], "every outcome is stated"
    letters = Counter(letter["to"][0] for letter in outside.client.letters())
    paid = [f"payer-{n}@example.com" for n in range(NOTIFICATIONS * 4 // 10)]
    assert {letters[address] for address in paid} == {1}, "essential mail arrives, and once"
    assert states["payment_thank_you", "email", "sent"] == len(paid)
    assert max(letters.values()) == 1, "no mail of any class came twice"
    assert off == dead, "only devices that are gone are switched off"
    pushed = {push["target"] for push in outside.client.pushes(result="ok")}
    with transaction.atomic():
        assert not DeviceAlarm.objects.exists()
        sent = Delivery.objects.filter(channel="push", state="sent")
        arrived = set(sent.values_list("device__token", flat=True))
        tokens = set(Device.objects.values_list("token", flat=True))
    assert arrived <= pushed, "what we call sent was there"
    fine = {token for token in tokens if token.startswith("phone-")}
    lost = fine - arrived
    assert len(fine) > NOTIFICATIONS // 3
    assert len(lost) <= states["order_status_changed", "push", "dead"], "lost only if given up"


def is_dead(token: str) -> bool:
    return token.startswith(DEAD)


def seed(number: int) -> None:
    """Four tenths essential mail, four tenths push and list, two tenths marketing mail."""
    tenth = number // 10
    payers = [
        Recipient(f"paid:{n}", PAID, email=f"payer-{n}@example.com") for n in range(4 * tenth)
    ]
    carts = [Recipient(f"cart:{n}", CART, email=f"cart-{n}@example.com") for n in range(2 * tenth)]
    with transaction.atomic():
        users = User.objects.bulk_create(
            [User(email=f"phone-{n}@example.com", password="!") for n in range(4 * tenth)]
        )
        Device.objects.bulk_create(
            [
                Device(
                    user=user,
                    platform="android",
                    token=f"{TOKENS.get(n % 1000, 'phone-')}{n}",
                    last_seen_at=timezone.now(),
                )
                for n, user in enumerate(users)
            ]
        )
    words = {"number": "TW-1", "status": "shipped"}
    phones = [
        Recipient(f"phone:{n}", words, user_id=user.pk, email="") for n, user in enumerate(users)
    ]
    for kind, recipients in (
        ("payment_thank_you", payers),
        ("order_status_changed", phones),
        ("cart_reminder", carts),
    ):
        for start in range(0, len(recipients), 1_000):
            with transaction.atomic():
                notify_many(kind=kind, recipients=recipients[start : start + 1_000])
