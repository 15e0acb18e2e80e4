"""The real rehearsal as a subprocess, the official SDK, a real webhook receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import razorpay
import stripe

from rehearsal.client import Rehearsal
from rehearsal.stripe.webhooks import SUBSCRIBED
from rehearsal.testing import RunningRehearsal, running_rehearsal, start_rehearsal
from rehearsal.tests.receiver import Receiver


@pytest.fixture(autouse=True)
def identity() -> None:
    """These tests know nothing of the shop, its database or who acts in it."""


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRehearsal]:
    """One process for all tests that do not stop it."""
    with running_rehearsal(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


@pytest.fixture
def server(shared_server: RunningRehearsal) -> RunningRehearsal:
    """The shared process with empty books, no faults and nowhere to send webhooks."""
    shared_server.client.reset(books=True)
    shared_server.client.send_webhooks_to(
        "", secret=shared_server.webhook_secret, events=SUBSCRIBED
    )
    return shared_server


@pytest.fixture
def rehearsal_server(tmp_path: Path) -> Iterator[Callable[..., RunningRehearsal]]:
    """Starts processes of a test's own; call it with the arguments of `start_rehearsal`."""
    started: list[RunningRehearsal] = []

    def start(data: Path | None = None, **options: Any) -> RunningRehearsal:
        running = start_rehearsal(data or tmp_path / "rehearsal", **options)
        started.append(running)
        return running

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def control(server: RunningRehearsal) -> Rehearsal:
    """The control client."""
    return server.client


@pytest.fixture
def receiver(server: RunningRehearsal) -> Iterator[Receiver]:
    """A shop that takes webhooks; the rehearsal sends them there."""
    receiver = Receiver()
    server.client.send_webhooks_to(receiver.url)
    yield receiver
    server.client.send_webhooks_to("")
    receiver.close()


@pytest.fixture
def sdk(server: RunningRehearsal) -> stripe.StripeClient:
    """The official SDK without retries of its own."""
    return stripe.StripeClient(
        "sk_test_rehearsal",
        base_addresses={"api": server.stripe_base},
        max_network_retries=0,
    )


@pytest.fixture
def new_session(sdk: stripe.StripeClient) -> Callable[..., Any]:
    """Makes a session over two books for 24.68 EUR; keywords change its parameters."""

    def make(**changes: Any) -> Any:
        params: dict[str, Any] = {
            "mode": "payment",
            "success_url": "http://shop.test/thanks?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.test/cart",
            "line_items": [
                {
                    "quantity": 2,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 1234,
                        "product_data": {"name": "A book"},
                    },
                }
            ],
        }
        return sdk.v1.checkout.sessions.create({**params, **changes})

    return make


@pytest.fixture
def razorpay_sdk(server: RunningRehearsal) -> Iterator[razorpay.Client]:
    """Razorpay's official SDK."""
    auth = ("rzp_test_x", "razorpay_rehearsal_not_a_secret")
    client = razorpay.Client(auth=auth, base_url=server.client.razorpay_base)
    yield client
    client.session.close()


@pytest.fixture
def razorpay_receiver(server: RunningRehearsal) -> Iterator[Receiver]:
    """A shop that takes Razorpay's webhooks."""
    receiver = Receiver()
    server.client.send_webhooks_to(receiver.url, face="razorpay")
    yield receiver
    server.client.send_webhooks_to("", face="razorpay")
    receiver.close()
