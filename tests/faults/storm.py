"""Senders that retry as gateways do, and somebody who pulls plugs."""

import hashlib
import hmac
import json
import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.product import Product

SENDERS = 8
PAUSE = 0.2  # seconds between tries, as a patient gateway's, scaled down


def signed(body: bytes, secret: str) -> dict[str, str]:
    """The headers Stripe would send with this body, signed now."""
    now = int(time.time())
    digest = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={now},v1={digest}", "Content-Type": "application/json"}


@dataclass
class Senders:
    """Post every body until it is answered 2xx, whatever happens to the other side.

    `per_second` bodies begin each second, as long as the other side keeps up.
    """

    url: str
    secret: str
    bodies: list[bytes]
    per_second: float
    refused: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> "Senders":
        self._next = time.monotonic()
        self._threads = [threading.Thread(target=self._work) for _ in range(SENDERS)]
        for thread in self._threads:
            thread.start()
        return self

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def left(self) -> int:
        return len(self.bodies)

    def _work(self) -> None:
        with httpx.Client(timeout=15, trust_env=False) as client:
            while True:
                with self._lock:
                    if not self.bodies:
                        return
                    body = self.bodies.pop()
                    self._next += 1 / self.per_second
                    wait = self._next - time.monotonic()
                time.sleep(max(wait, 0))
                self._deliver(client, body)

    def _deliver(self, client: httpx.Client, body: bytes) -> None:
        while True:
            try:
                answer = client.post(self.url, content=body, headers=signed(body, self.secret))
            except httpx.HTTPError:
                time.sleep(PAUSE)
                continue
            if answer.is_success:
                return
            if answer.status_code < 500:
                self.refused.append(f"{answer.status_code} {answer.text}")
                return
            time.sleep(PAUSE)


def kill_one(product: Product, name: str, dice: random.Random) -> bool:
    """SIGKILL one process of the product whose command line holds `name`."""
    pids = product.children(name)
    if not pids:
        return False
    try:
        os.kill(dice.choice(pids), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def wipe_redis(product: Product) -> None:
    """SIGKILL this product's Redis and delete what it might have kept on disk."""
    data = Path(product.environment["DATA_DIR"])
    for stat in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = stat.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "redis-server" in command and str(data) in command + _folder(stat):
            os.kill(int(stat.parent.name), signal.SIGKILL)
    for kept in data.rglob("*.rdb"):
        kept.unlink()


def _folder(stat: Path) -> str:
    try:
        return str((stat.parent / "cwd").readlink())
    except OSError:
        return ""


def events_of(
    payments: Sequence[dict[str, str]], *, twice: float, dice: random.Random
) -> list[bytes]:
    """One payment_intent.succeeded per payment, `twice` of them again, in random order."""
    bodies = []
    for number, payment in enumerate(payments):
        event = {
            "id": f"evt_storm_{number}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "livemode": False,
            "type": "payment_intent.succeeded",
            "data": {
                "object": {
                    "id": f"pi_storm_{number}",
                    "object": "payment_intent",
                    "status": "succeeded",
                    "amount": 4200,
                    "amount_received": 4200,
                    "currency": "eur",
                    "livemode": False,
                    "metadata": payment,
                }
            },
        }
        bodies.append(json.dumps(event).encode())
    bodies += dice.sample(bodies, int(len(bodies) * twice))
    dice.shuffle(bodies)
    return bodies
