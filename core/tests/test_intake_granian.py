"""The real web server in front of the real record: two processes, real sockets, real kills."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import pytest
import stripe
from django.db import connection, transaction

from core.intake.door import MOST_BYTES
from core.models import Event
from core.processes.house import Address, web
from core.processes.ready import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SECRETS = ("whsec_new", "whsec_old")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Web:
    """A running web program."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def http(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    def workers(self) -> list[int]:
        """Its web processes."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid:
                command = Path(stat.parent, "cmdline").read_bytes()
                if b"resource_tracker" not in command:
                    found.append(int(stat.parent.name))
        return found


@contextmanager
def running_web() -> Iterator[Web]:
    """granian on the tests' database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    port = free_port(8900)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
        "STRIPE_WEBHOOK_SECRET": ",".join(SECRETS),
    }
    command = [sys.executable, *web(Address("127.0.0.1", port), 2).command[1:]]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx.post(f"http://127.0.0.1:{port}/webhooks/nobody/", timeout=2)
                break
            except httpx.HTTPError:
                assert time.monotonic() < until
                assert process.poll() is None
                time.sleep(0.1)
        yield Web(port, process)
    finally:
        process.terminate()
        process.wait(20)


def event(key: str) -> bytes:
    about = {"id": f"x_{key}", "object": "x", "filler": "y" * 2000}
    return json.dumps(
        {"id": key, "object": "event", "type": "x.y", "data": {"object": about}}
    ).encode()


def header(body: bytes, secret: str = SECRETS[0]) -> dict[str, str]:
    made = stripe.WebhookSignature.generate_signature_header(body.decode(), secret)
    return {"Stripe-Signature": made}


def keys_stored() -> list[str]:
    with transaction.atomic():
        return list(Event.objects.filter(source="stripe").values_list("external_key", flat=True))


def test_it_takes_in_refuses_and_survives_what_the_wire_brings(transactional_db) -> None:
    with running_web() as server, server.http as http:
        body = event("evt_1")
        for secret in SECRETS:
            assert http.post(
                "/webhooks/stripe/", content=body, headers=header(body, secret)
            ).json()["success"]
        assert (
            http.post("/webhooks/stripe/", content=body, headers=header(b"other")).status_code
            == 401
        )
        assert http.get("/webhooks/stripe/").status_code == 405
        too_much = b"x" * (MOST_BYTES + 1)
        # the server hangs up after refusing a body it did not read
        closing = {"Connection": "close"}
        told = http.post("/webhooks/stripe/", content=too_much, headers=closing)
        assert told.status_code == 413

        pieces = event("evt_2")
        chunked = http.post(
            "/webhooks/stripe/", content=iter([pieces[:500], pieces[500:]]), headers=header(pieces)
        )
        assert chunked.status_code == 200
        endless = http.post("/webhooks/stripe/", content=(b"x" * 65_536 for _ in range(20)))
        assert endless.status_code == 413

        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
            wire.sendall(
                b"POST /webhooks/stripe/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"
            )
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
            wire.sendall(b"POST /webhooks/stripe/ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                         b"Stripe-Signature: t=1,v1=\xff\xfe\x80\r\n\r\nab")  # fmt: skip
            assert b" 401 " in wire.recv(4096)[:20]
        assert sorted(keys_stored()) == ["evt_1", "evt_2"]


def test_what_was_answered_200_is_there_though_processes_and_connections_die(
    transactional_db,
) -> None:
    keys = [f"evt_{uuid4().hex}" for _ in range(400)]
    until = time.monotonic() + 60

    def send(key: str) -> bool:
        """As a gateway does: again until it hears 200."""
        body = event(key)
        while time.monotonic() < until:
            try:
                told = http.post("/webhooks/stripe/", content=body, headers=header(body))
            except httpx.HTTPError:
                told = None
            if told is not None and told.status_code == 200:
                return True
            time.sleep(0.1)
        return False

    def slowly(share: list[str]) -> bool:
        for key in share:
            if not send(key):
                return False
            time.sleep(0.15)
        return True

    with running_web() as server, server.http as http, ThreadPoolExecutor(16) as pool:
        sending = [pool.submit(slowly, keys[n::16]) for n in range(16)]
        for _ in range(2):
            time.sleep(1.5)  # granian gives up on a worker that dies again at once
            os.kill(server.workers()[0], signal.SIGKILL)
            hang_up_on_everybody()
        assert all(one.result(60) for one in sending)
    assert sorted(keys_stored()) == sorted(keys)


def hang_up_on_everybody() -> None:
    """The server ends all connections of the application but this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
            "datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )
