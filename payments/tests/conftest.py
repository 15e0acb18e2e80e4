"""A real Stripe to talk to: the rehearsal, as its own process, one for the whole run."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from payments.gateways.paystack import adapter as paystack_adapter
from payments.gateways.paystack import client as paystack_client
from payments.gateways.razorpay import transport as razorpay_transport
from payments.gateways.razorpay.adapter import _account as razorpay_account
from payments.gateways.stripe import adapter, transport
from payments.tests.house import House
from payments.tests.paystack_house import KEY as PAYSTACK_KEY
from payments.tests.paystack_house import PaystackHouse
from payments.tests.razorpay_house import KEY as RAZORPAY_KEY
from payments.tests.razorpay_house import RazorpayHouse
from rehearsal.testing import RunningRehearsal, running_rehearsal


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRehearsal]:
    """Stripe's other self. Webhooks are sent only where a test says so."""
    with running_rehearsal(tmp_path_factory.mktemp("rehearsal")) as started:
        yield started


@pytest.fixture
def stripe_keys(
    running: RunningRehearsal, settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningRehearsal]:
    """Our settings point at the rehearsal, its books are empty and nothing goes wrong.

    The breaker remembers in Redis, which tests share: each test has one of its own.
    """
    monkeypatch.setattr(transport, "SERVICE", f"stripe-{uuid4().hex}")
    adapter._account.cache_clear()
    settings.STRIPE_SECRET_KEY = "sk_test_rehearsal"
    settings.STRIPE_API_BASE = running.stripe_base
    settings.STRIPE_WEBHOOK_SECRETS = [running.webhook_secret]
    running.client.reset()
    yield running
    running.client.clear_faults()


@pytest.fixture
def house(stripe_keys: RunningRehearsal, client, db) -> House:
    """Us and the rehearsal together."""
    return House(stripe_keys, client)


@pytest.fixture
def razorpay_keys(
    running: RunningRehearsal, settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningRehearsal]:
    """The same for Razorpay. Its webhooks are kept back until a test posts them."""
    monkeypatch.setattr(razorpay_transport, "SERVICE", f"razorpay-{uuid4().hex}")
    razorpay_account.cache_clear()
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = RAZORPAY_KEY
    settings.RAZORPAY_API_BASE = running.client.razorpay_base
    secret = running.client.call("GET", "/control/razorpay/endpoint")["secret"]
    settings.RAZORPAY_WEBHOOK_SECRETS = [secret]
    running.client.reset()
    running.client.send_webhooks_to("http://127.0.0.1:9/nowhere", face="razorpay")
    running.client.webhook_faults(face="razorpay", drop=True)
    yield running
    running.client.clear_faults()
    running.client.send_webhooks_to("", face="razorpay")


@pytest.fixture
def razorpay(razorpay_keys: RunningRehearsal, settings, client, db) -> RazorpayHouse:
    """Us and the rehearsal together."""
    return RazorpayHouse(razorpay_keys, client, settings.RAZORPAY_WEBHOOK_SECRETS[0])


@pytest.fixture
def paystack(
    running: RunningRehearsal, settings, monkeypatch: pytest.MonkeyPatch, client, db
) -> Iterator[PaystackHouse]:
    """Us and the rehearsal's Paystack: empty books, nothing goes wrong, a breaker of its own."""
    monkeypatch.setattr(paystack_client, "SERVICE", f"paystack-{uuid4().hex}")
    paystack_adapter._integration.cache_clear()
    settings.PAYSTACK_SECRET_KEYS = [PAYSTACK_KEY, "sk_test_the_one_before"]
    settings.PAYSTACK_API_BASE = running.client.paystack_base
    running.client.reset()
    yield PaystackHouse(running, client)
    running.client.clear_faults()
