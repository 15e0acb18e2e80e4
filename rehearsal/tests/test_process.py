"""The process itself: start, stop, kill, start again."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from smtplib import SMTP
from typing import Any

import httpx
import pytest
import stripe

from rehearsal.testing import RehearsalDidNotStart, RunningRehearsal
from rehearsal.tests.receiver import Receiver
from rehearsal.tests.test_stripe_sessions import item

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shop() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def sdk_for(server: RunningRehearsal) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_a", base_addresses={"api": server.stripe_base})


def new_session(server: RunningRehearsal, **options: Any) -> Any:
    params: Any = {"success_url": "http://shop.test/", "line_items": [item(900)]}
    return sdk_for(server).v1.checkout.sessions.create(params, options or None)


def test_a_killed_rehearsal_knows_everything_again(
    rehearsal_server: Callable[..., RunningRehearsal], shop: Receiver
) -> None:
    first = rehearsal_server(webhook_url=shop.url)
    session = new_session(first, idempotency_key="k1")
    paid = first.client.pay(new_session(first).id)
    refund = sdk_for(first).v1.refunds.create({"payment_intent": paid["payment_intent"]})
    with SMTP("127.0.0.1", first.smtp_port) as smtp:
        smtp.sendmail("a@b.test", ["c@d.test"], b"Subject: Kept\r\n\r\nHello")
    shop.wait_for(5)
    first.client.wait_until_sent()
    book, deliveries = first.client.stripe_book(), first.client.deliveries()
    first.kill()

    second = rehearsal_server(port=first.port)
    assert second.client.stripe_book() == book
    assert second.client.deliveries() == deliveries
    assert [mail["subject"] for mail in second.client.mails()] == ["Kept"]
    assert new_session(second, idempotency_key="k1").id == session.id
    assert sdk_for(second).v1.refunds.retrieve(refund.id).amount == 900
    assert httpx.get(session.url).status_code == 200
    assert len(shop.posted) == 5


def test_subscriptions_disputes_and_how_the_account_is_set_outlive_it_too(
    rehearsal_server: Callable[..., RunningRehearsal],
) -> None:
    first = rehearsal_server()
    control, sdk = first.client, sdk_for(first)
    control.stripe_behaves(
        refunds="pending", settlement={"currency": "usd", "rates": {"eur": "1.1"}}
    )
    product = sdk.v1.products.create({"name": "Pro"}).id
    price = sdk.v1.prices.create(
        {"product": product, "currency": "eur", "unit_amount": 900,
         "recurring": {"interval": "month"}}
    ).id  # fmt: skip
    page: Any = {
        "mode": "subscription", "success_url": "http://shop.test/", "customer_email": "a@b.test",
        "line_items": [{"price": price, "quantity": 1}],
    }  # fmt: skip
    subscription = control.pay(sdk.v1.checkout.sessions.create(page).id)["subscription"]
    control.fail_subscription(subscription)
    dispute = control.dispute(control.pay(new_session(first).id)["payment_intent"])
    behaviour = control.call("GET", "/control/stripe/behaviour")
    book = control.stripe_book()
    first.kill()

    second = rehearsal_server(port=first.port).client
    assert second.stripe_book() == book
    assert second.call("GET", "/control/stripe/behaviour") == behaviour
    assert second.recover_subscription(subscription)["status"] == "active"
    assert second.close_dispute(dispute["id"], "won")["status"] == "won"


def test_webhooks_that_were_on_their_way_are_sent_after_the_restart(
    rehearsal_server: Callable[..., RunningRehearsal], shop: Receiver
) -> None:
    first = rehearsal_server(webhook_url="http://127.0.0.1:9/nobody")
    first.client.webhook_faults(hold=0)
    first.client.pay(new_session(first).id)
    first.kill()
    assert shop.posted == []
    second = rehearsal_server(webhook_url=shop.url)
    came = {posted.event(second.webhook_secret).type for posted in shop.wait_for(3)}
    assert "checkout.session.completed" in came


def test_a_line_torn_by_a_kill_is_forgotten(
    rehearsal_server: Callable[..., RunningRehearsal],
) -> None:
    first = rehearsal_server()
    session = new_session(first)
    first.kill()
    with (first.data / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"face":"stripe","kind":"obj')
    second = rehearsal_server()
    assert [s["id"] for s in second.client.stripe_book()["sessions"]] == [session.id]
    new_session(second)
    assert second.stop() == 0
    assert len(rehearsal_server().client.stripe_book()["sessions"]) == 2


def test_forgetting_the_books_lasts(rehearsal_server: Callable[..., RunningRehearsal]) -> None:
    first = rehearsal_server()
    new_session(first)
    first.client.reset(books=True)
    kept = new_session(first)
    first.stop()
    second = rehearsal_server()
    assert [s["id"] for s in second.client.stripe_book()["sessions"]] == [kept.id]


def test_sigterm_stops_at_once_even_with_callers_left_hanging(
    rehearsal_server: Callable[..., RunningRehearsal],
) -> None:
    server = rehearsal_server()
    server.client.add_fault("hang", seconds=600)
    ended: list[str] = []

    def hang() -> None:
        try:
            sdk_for(server).v1.charges.list(options={"max_network_retries": 0})
        except stripe.APIConnectionError as error:
            ended.append(type(error).__name__)

    callers = [threading.Thread(target=hang) for _ in range(3)]
    for caller in callers:
        caller.start()
    while server.client.faults()[0]["hits"] < 3:
        time.sleep(0.01)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 8
    for caller in callers:
        caller.join()
    assert ended == ["APIConnectionError"] * 3


def test_a_taken_port_is_named(rehearsal_server: Callable[..., RunningRehearsal]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RehearsalDidNotStart, match=f"Port {port} .* is in use; choose"):
            rehearsal_server(port=port)
        with pytest.raises(RehearsalDidNotStart, match=f"Port {port} .*mail server"):
            rehearsal_server(smtp_port=port)


def test_two_cannot_share_a_folder(rehearsal_server: Callable[..., RunningRehearsal]) -> None:
    rehearsal_server()
    with pytest.raises(RehearsalDidNotStart, match="another rehearsal is using the folder"):
        rehearsal_server()


def test_it_listens_on_this_machine_only(
    rehearsal_server: Callable[..., RunningRehearsal],
) -> None:
    server = rehearsal_server()
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {address for _, address, _, state, *_ in table if state == "0A"}
    for port in (server.port, server.smtp_port):
        ours = {address for address in listening if address.endswith(f":{port:04X}")}
        assert ours == {f"0100007F:{port:04X}"}


@pytest.mark.parametrize(
    "arguments",
    [["--port", "many"], ["--webhook-url", "http://a"], ["--webhook-url", "stripe=ftp://a"]],
)
def test_wrong_arguments_end_with_a_sentence(arguments: list[str], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "rehearsal", "--data", str(tmp_path), *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "error:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_journal_is_one_json_object_per_line(
    rehearsal_server: Callable[..., RunningRehearsal],
) -> None:
    server = rehearsal_server()
    new_session(server)
    lines = (server.data / "journal.jsonl").read_text().splitlines()
    assert {json.loads(line)["face"] for line in lines} == {"stripe"}
