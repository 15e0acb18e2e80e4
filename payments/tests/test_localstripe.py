"""The same Stripe code against a second, independent Stripe: localstripe, as its own process.

It has no Checkout Sessions, speaks the API of 2017 and knows no idempotency keys; so customers,
payment intents and their signed webhooks are what can be compared.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import stripe
from django.db import transaction

from core.enums import Queue
from core.errors import DomainError
from core.events.worker import work_off
from core.models import Delivery, Event
from core.processes.ready import free_port
from payments.enums import PaymentStatus
from payments.gateways.interface import NotAtGateway, Seen
from payments.gateways.stripe import adapter, transport
from payments.gateways.stripe.adapter import StripeGateway
from payments.models import Payment
from payments.services.start import open_payment, submit_payment
from payments.services.verify import verify_payment
from payments.tests.house import amount_eur, attempt_of, booked

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAM = Path(sys.executable).parent / "localstripe"
KEY = "sk_test_localstripe"
SECRET = "whsec_localstripe"


def has_ipv6() -> bool:
    """localstripe listens on [::] only."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def local_stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    if not has_ipv6():
        pytest.skip("localstripe listens on IPv6 only, and this machine has none")
    if not PROGRAM.exists():
        pytest.skip("localstripe is not installed (requirements-dev.txt)")
    port = free_port(8430)
    home = tmp_path_factory.mktemp("localstripe")
    process = subprocess.Popen(
        [PROGRAM, "--from-scratch", "--port", str(port)],
        env={**os.environ, "TMPDIR": str(home), "HOME": str(home)},
        cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://localhost:{port}"
    try:
        until = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{url}/v1/customers", auth=(KEY, ""), timeout=2).raise_for_status()
                break
            except httpx.HTTPError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def there(local_stripe: str, live_server, settings, monkeypatch) -> StripeGateway:
    """Our adapter on it; its webhooks come to our door over real HTTP."""
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_API_BASE = local_stripe
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(transport, "SERVICE", f"localstripe-{os.getpid()}")
    adapter._account.cache_clear()
    httpx.post(
        f"{local_stripe}/_config/webhooks/tradewind",
        data={"url": f"{live_server.url}/webhooks/stripe/", "secret": SECRET},
    ).raise_for_status()
    return StripeGateway.from_settings()


@pytest.fixture
def sdk(local_stripe: str) -> stripe.StripeClient:
    """What a shop's own page would do in place of Checkout."""
    return stripe.StripeClient(KEY, base_addresses={"api": local_stripe})


def arrived(kind: str) -> Event:
    """The event, once its webhook has come (localstripe sends after a second)."""
    until = time.monotonic() + 15
    while True:
        with transaction.atomic():
            found = Event.objects.filter(type=kind).first()
        if found is not None:
            return found
        assert time.monotonic() < until, f"{kind} did not arrive"
        time.sleep(0.05)


def paid_intent(sdk: stripe.StripeClient, payment: Payment, **changes: Any) -> str:
    """An intent that carries what our Checkout Sessions would have given it."""
    wanted = {
        "amount": 4250,
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "confirm": True,
        "metadata": {
            "tradewind_reference": payment.reference,
            "tradewind_attempt": str(attempt_of(payment).pk),
        },
    }
    return sdk.v1.payment_intents.create(params=wanted | changes).id


@pytest.fixture
def payment(db) -> Payment:
    with transaction.atomic():
        return open_payment(
            purpose="order", purpose_id=uuid4(), email="amina@example.com",
            amount=amount_eur(), gateway="stripe",
        )  # fmt: skip


def test_its_signed_webhook_settles_a_payment(there, sdk, payment: Payment) -> None:
    with transaction.atomic():
        intent = paid_intent(sdk, payment)
    event = arrived("stripe.payment_intent.succeeded")
    assert event.subject == f"stripe:{payment.reference}"
    work_off(Queue.MONEY)
    with transaction.atomic():
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.SUCCESS
        assert attempt_of(payment).gateway_payment_ref == intent
        assert booked(payment) == 1


def test_a_wrong_amount_is_held_there_too(there, sdk, payment: Payment) -> None:
    with transaction.atomic():
        paid_intent(sdk, payment, amount=4200)
    arrived("stripe.payment_intent.succeeded")
    work_off(Queue.MONEY)
    with transaction.atomic():
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.HELD
        assert "42.00 EUR" in payment.status_reason


def test_an_intent_is_fetched_with_charge_and_fee(there, sdk, payment: Payment) -> None:
    with transaction.atomic():
        intent = paid_intent(sdk, payment)
    seen = there.fetch(payment_ref=intent)
    assert (seen.state, seen.amount, seen.reference) == (
        Seen.CAPTURED, amount_eur(), payment.reference,
    )  # fmt: skip
    assert seen.fee is not None
    assert seen.refunded == amount_eur("0")
    with pytest.raises(NotAtGateway):
        there.fetch(payment_ref="pi_nobody")
    with transaction.atomic():
        attempt = attempt_of(payment)
        attempt.gateway_payment_ref, attempt.gateway_ref = intent, None
        attempt.save()
    assert verify_payment(reference=payment.reference).status == PaymentStatus.SUCCESS
    arrived("stripe.payment_intent.succeeded")  # it would come to the next test's door


def test_a_customer_is_kept_and_ignored(there, sdk) -> None:
    sdk.v1.customers.create(params={"email": "amina@example.com"})
    event = arrived("stripe.customer.created")
    for queue in Queue:
        work_off(queue)
    with transaction.atomic():
        assert Delivery.objects.get(event=event).state == "ignored"


def test_the_payment_page_is_what_it_cannot_do(there, payment: Payment) -> None:
    """Should it learn Checkout one day, this test says so."""
    with pytest.raises(DomainError):
        submit_payment(payment_id=payment.pk)
