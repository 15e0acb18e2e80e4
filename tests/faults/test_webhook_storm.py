"""Processes die, Redis dies and forgets; no payment is lost, none is booked twice."""

import json
import random
import time
from collections.abc import Iterator

import pytest

from tests.faults.storm import Senders, events_of, kill_one, wipe_redis
from tests.product import Product, running_product

PAYMENTS = 6_000
PER_SECOND = 120.0  # with duplicates a minute long, all through the kills
KILLS = 20
WIPES = 2
DRAIN_SECONDS = 30.0
SEED = 20261120
WEBHOOK_SECRET = "whsec_rehearsal_not_a_secret"

SEED_PAYMENTS = """
import json
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from core.identity import acting_as_system
from core.ids import new_id
from payments.models import Payment, PaymentAttempt
with acting_as_system("storm"), transaction.atomic():
    payments = Payment.objects.bulk_create([
        Payment(purpose="direct", purpose_id=new_id(), email=f"payer-{n}@example.com",
                amount_minor=4200, currency="EUR", gateway="stripe", livemode=False)
        for n in range(%d)])
    # the fee is known, so that nobody asks the gateway for it
    attempts = PaymentAttempt.objects.bulk_create([
        PaymentAttempt(payment=p, gateway="stripe", gateway_ref=f"cs_storm_{n}", amount_minor=4200,
                       currency="EUR", idempotency_key=f"storm-{n}", fee_minor=0,
                       fee_currency="EUR", livemode=False, state="submitted",
                       expires_at=timezone.now() + timedelta(hours=1))
        for n, p in enumerate(payments)])
print("SEEDED " + json.dumps([
    {"tradewind_reference": a.payment.reference, "tradewind_attempt": str(a.pk)}
    for a in attempts]))
"""

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with running_product() as running:
        yield running


def test_six_thousand_webhooks_survive_twenty_kills_and_a_redis_that_forgets(
    product: Product,
) -> None:
    dice = random.Random(SEED)
    printed = product.manage("shell", "--no-imports", "-c", SEED_PAYMENTS % PAYMENTS)
    line = next(line for line in printed.splitlines() if line.startswith("SEEDED "))
    payments = json.loads(line.removeprefix("SEEDED "))
    bodies = events_of(payments, twice=0.2, dice=dice)
    sent = len(bodies)

    senders = Senders(f"{product.url}/webhooks/stripe/", WEBHOOK_SECRET, bodies, PER_SECOND).start()
    kills, wipes, began = 0, 0, time.monotonic()
    while kills < KILLS or wipes < WIPES:
        time.sleep(dice.uniform(2.0, 4.0))
        kills += kill_one(product, dice.choice(["granian", "celery"]), dice)
        if wipes < WIPES and kills >= (wipes + 1) * KILLS // (WIPES + 1):
            wipe_redis(product)
            wipes += 1
    last_kill = time.monotonic()
    senders.join()
    assert senders.refused == []

    while left(product) and time.monotonic() < last_kill + DRAIN_SECONDS:
        time.sleep(0.5)
    drained = time.monotonic() - last_kill
    print(f"{sent} sent, {kills} kills in {last_kill - began:.0f} s, drained in {drained:.1f} s")
    assert left(product) == 0
    assert counts(product) == {
        "events": PAYMENTS,
        "paid": PAYMENTS,
        "booked": PAYMENTS,
        "news": PAYMENTS,
    }
    assert product.query("SELECT count(*) FROM core_delivery WHERE state = 'dead'") == [(0,)]
    assert product.query("SELECT coalesce(sum(amount_minor), 0) FROM payments_ledgerentry") == [
        (0,)
    ]


def left(product: Product) -> int:
    """Webhooks that have not had their effect."""
    rows = product.query(
        "SELECT count(*) FROM core_delivery WHERE subscriber = 'payments.settle_stripe_event' "
        "AND state IN ('ready', 'leased')"
    )
    return int(rows[0][0])


def counts(product: Product) -> dict[str, int]:
    """What is in the record, each counted by its own table."""
    asked = {
        "events": "SELECT count(*) FROM core_event WHERE source = 'stripe'",
        "paid": "SELECT count(*) FROM payments_payment WHERE status = 'success'",
        "booked": "SELECT count(*) FROM payments_ledgertransaction WHERE kind = 'payment'",
        "news": "SELECT count(*) FROM core_event WHERE type = 'payment.succeeded'",
    }
    return {name: int(product.query(sql)[0][0]) for name, sql in asked.items()}
