"""Webhooks, the returning payer and the reconciler at the same instant, over and over: one of
everything, and books that agree with the gateway's own to the cent.

240 payments in a normal run. SAME_INSTANT=10000 makes it ten thousand, a third at each gateway.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from core.database.owner import owner_login
from core.enums import Queue
from core.events.worker import work_off
from core.identity import acting_as_system
from core.money import Money
from payments.locks import lock_attempt
from payments.models import Payment, PaymentAttempt, PaymentEvent
from payments.services import settle as settle_module
from payments.services.books import ledger
from payments.services.reconcile import asking
from payments.services.start import open_payment, submit_payment
from payments.services.verify import verify_payment
from rehearsal.testing import RunningRehearsal
from tests.faults.sides import SIDES, Letter, Postbag, Side

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

INSTANTS = int(os.environ.get("SAME_INSTANT", "240")) // len(SIDES)
THREADS = 8
BATCH = 20  # payments between two rests, when workers send the mails
SEED = 20261120

# What is one for every payment, and what must not be at all.
DOUBLED_OR_LOST = """
SELECT p.reference, p.status,
    (SELECT count(*) FROM payments_ledgertransaction t
     WHERE t.payment_id = p.id AND t.kind = 'payment') AS booked,
    (SELECT count(*) FROM payments_ledgertransaction t
     WHERE t.payment_id = p.id AND t.kind = 'gateway_fee') AS fees,
    (SELECT count(*) FROM payments_paymentevent e JOIN payments_paymentattempt a
        ON a.id = e.attempt_id WHERE a.payment_id = p.id AND e.type = 'captured') AS captures,
    (SELECT count(*) FROM core_event n
     WHERE n.subject = 'payment:' || p.id AND n.type = 'payment.succeeded') AS news,
    (SELECT count(*) FROM notifications_notification m
     WHERE m.dedupe_key = 'thanks:' || p.id) AS thanks,
    (SELECT count(*) FROM payments_receipt r WHERE r.payment_id = p.id) AS receipts
FROM payments_payment p
"""
HELD = """
SELECT e.currency, sum(e.amount_minor)::bigint FROM payments_ledgerentry e
JOIN payments_ledgeraccount a ON a.id = e.account_id
WHERE a.code = %s GROUP BY 1 HAVING sum(e.amount_minor) <> 0
"""


class Hands:
    """Threads that begin together, each with a connection and a browser of its own."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(THREADS)
        self.wrong: list[BaseException] = []

    def at_once(self, work: list[Callable[[], Any]]) -> None:
        """Each in a thread; they wait for each other before they start."""
        assert len(work) == THREADS
        ready = threading.Barrier(THREADS)

        def run(one: Callable[[], Any]) -> None:
            with acting_as_system("the same instant"):
                ready.wait(30)
                one()

        for done in [self.pool.submit(run, one) for one in work]:
            error = done.exception(60)
            if error is not None:
                self.wrong.append(error)

    def close(self) -> None:
        """Let the threads and their connections go."""
        ready = threading.Barrier(THREADS)

        def let_go() -> None:
            ready.wait(30)
            connection.close()

        for done in [self.pool.submit(let_go) for _ in range(THREADS)]:
            done.result(60)
        self.pool.shutdown()


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands()
    yield made
    made.close()


@pytest.fixture(params=list(SIDES))
def side(request: pytest.FixtureRequest, settings, monkeypatch) -> Side:
    """One gateway with its keys; mails go to the rehearsal's postbox."""
    keys = {"stripe": "stripe_keys", "razorpay": "razorpay_keys", "paystack": "paystack"}
    request.getfixturevalue(keys[request.param])
    running = request.getfixturevalue("running")
    settings.EMAIL_BACKEND = "notifications.channels.email.smtp.WatchedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.smtp_port
    monkeypatch.setattr(asking, "QUIET_FOR", timedelta(0))
    return SIDES[request.param]


@pytest.fixture
def bag(side: Side, running: RunningRehearsal, settings) -> Iterator[Postbag]:
    """Where the gateway's webhooks arrive, every one twice or three times."""
    with Postbag() as made:
        running.client.end_webhook_faults(face=side.name)
        running.client.send_webhooks_to(
            f"{made.url}/{side.name}",
            face=side.name,
            secret=settings.PAYSTACK_SECRET_KEYS[0] if side.name == "paystack" else None,
        )
        running.client.webhook_faults(face=side.name, duplicate=1.5, seed=SEED)
        yield made
        running.client.send_webhooks_to("", face=side.name)
        running.client.end_webhook_faults(face=side.name)


def paid_there(side: Side, running: RunningRehearsal, dice: random.Random) -> PaymentAttempt:
    """A payment that was paid a moment ago; nobody has told us yet."""
    payment = open_payment(
        purpose="direct",
        purpose_id=uuid4(),
        email=f"{uuid4().hex}@example.com",
        amount=Money(dice.randrange(100, 5000) * 100, dice.choice(side.currencies)),
        gateway=side.name,
    )
    submit_payment(payment_id=payment.pk)
    with transaction.atomic():
        attempt = PaymentAttempt.objects.select_related("payment").get(payment=payment)
    side.pay(running, str(attempt.gateway_ref))
    running.client.wait_until_sent(30)
    return attempt


def post(letter: Letter) -> None:
    """A webhook arrives at the door."""
    answer = Client().post(
        f"/webhooks/{letter.gateway}/",
        letter.body,
        content_type="application/json",
        headers=dict(letter.headers),
    )
    assert answer.status_code == 200, answer.content


def heard(letter: Letter) -> Callable[[], None]:
    """It arrives, and a worker takes what is due."""

    def hear() -> None:
        post(letter)
        work_off(Queue.MONEY)

    return hear


def callers(
    attempt: PaymentAttempt, letters: list[Letter], dice: random.Random
) -> list[Callable[[], Any]]:
    """Eight of them, in any order: payer, payer again, reconciler, webhooks old and new."""
    reference, gateway = attempt.payment.reference, attempt.gateway
    return [
        *(heard(letter) for letter in dice.choices(letters, k=THREADS - 3)),
        lambda: verify_payment(reference=reference),
        lambda: verify_payment(reference=reference),
        lambda: asking.ask_about_open(gateway=gateway),
    ]


def let_workers_work() -> None:
    for queue in (Queue.MONEY, Queue.DEFAULT, Queue.BULK):
        while work_off(queue, budget=600):
            pass


def test_everybody_at_once_makes_one_of_everything(
    side: Side, bag: Postbag, hands: Hands, running: RunningRehearsal
) -> None:
    dice = random.Random(f"{SEED}{side.name}")
    old: list[Letter] = []
    for _ in range(max(1, INSTANTS // BATCH)):
        fresh: list[Letter] = []
        for _ in range(BATCH):
            attempt = paid_there(side, running, dice)
            letters = bag.emptied()
            assert any(letter.about(attempt.payment.reference) for letter in letters)
            work = callers(attempt, letters + dice.sample(old, min(len(old), 2)), dice)
            dice.shuffle(work)
            hands.at_once(work)
            fresh += letters
        for letter in dice.sample(fresh, len(fresh)):  # and each of them late, once more
            post(letter)
        old = fresh
        let_workers_work()
        assert not hands.wrong, hands.wrong[:3]
    assert_one_of_everything(side, running)
    print(f"{side.name}: {told_first()} payments, by who was first")


def told_first() -> dict[str, int]:
    """Who brought the news that counted: nobody always wins."""
    with transaction.atomic():
        sources = PaymentEvent.objects.filter(type="captured").values_list("source", flat=True)
        return dict(Counter(source.partition(" ")[0] for source in sources))


def assert_one_of_everything(side: Side, running: RunningRehearsal) -> None:
    with acting_as_system("looking"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DOUBLED_OR_LOST)
        found = Counter(row[1:] for row in cursor.fetchall())
        wanted = ("success", 1, 1, 1, 1, 1, 1)
        assert set(found) == {wanted}, found
        cursor.execute("SELECT state, count(*) FROM core_delivery GROUP BY 1")
        assert not {"dead", "ready", "running"} & dict(cursor.fetchall()).keys()
        cursor.execute(HELD, [f"gateway:{side.name}"])
        held = dict(cursor.fetchall())
        addresses = list(Payment.objects.values_list("email", flat=True))
    assert held == side.book(running), "our books are the gateway's own"
    sent = Counter(to for mail in running.client.mails() for to in mail["recipients"])
    assert sent == Counter(addresses), "one mail each"


# -- the proof that the proof can fail -------------------------------------------------------------

UNIQUE = "payments_ledgertransaction_booked_once"
BOOKED = "SELECT count(*) FROM payments_ledgertransaction WHERE kind = 'payment'"


@pytest.fixture
def without_the_unique_key() -> Iterator[None]:
    """The books of a house that did not think of it; afterwards they are empty and have it back."""
    execute(f"ALTER TABLE payments_ledgertransaction DROP CONSTRAINT {UNIQUE}")
    yield
    execute(
        "TRUNCATE payments_ledgertransaction CASCADE",
        f"ALTER TABLE payments_ledgertransaction ADD CONSTRAINT {UNIQUE} UNIQUE (kind, source)",
    )


def execute(*statements: str) -> None:
    with owner_login(), transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.usefixtures("without_the_unique_key")
@pytest.mark.parametrize("side", ["stripe"], indirect=True)
@pytest.mark.parametrize("locked", [True, False])
def test_control_without_lock_and_key_money_is_booked_again_and_again(
    side: Side, bag: Postbag, hands: Hands, running: RunningRehearsal, monkeypatch, locked: bool
) -> None:
    """The lock alone holds the books together. Without it and the unique key, they show eight
    times the money that the gateway has."""
    monkeypatch.setattr(
        ledger, "BOOK", ledger.BOOK.replace("ON CONFLICT (kind, source) DO NOTHING", "")
    )
    meeting = threading.Barrier(THREADS)

    def unlocked(attempt_id: Any) -> tuple[Payment, PaymentAttempt]:
        attempt = PaymentAttempt.objects.select_related("payment").get(pk=attempt_id)
        meeting.wait(20)
        return attempt.payment, attempt

    attempt = paid_there(side, running, random.Random(SEED))
    monkeypatch.setattr(settle_module, "lock_attempt", lock_attempt if locked else unlocked)
    reference = attempt.payment.reference
    hands.at_once([lambda: verify_payment(reference=reference)] * THREADS)
    with acting_as_system("looking"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BOOKED)
        (times,) = cursor.fetchone()
    assert (times == 1) is locked, times
