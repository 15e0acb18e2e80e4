"""A real Stripe to talk to: the rehearsal, as its own process, one for the whole run."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from payments.gateways.stripe import adapter, transport
from payments.tests.house import House
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
