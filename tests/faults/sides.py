"""The three gateways as a storm needs them: pay there, hear its webhooks, read its own book.

Webhooks are the gateway's real ones, sent by the rehearsal over HTTP in several copies, kept in a
postbag here and handed to Tradewind's door when the test says so.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from core.money import Money
from payments.gateways.minor_units import TABLE
from rehearsal.testing import RunningRehearsal

SIGNED = ("stripe-signature", "x-razorpay-signature", "x-razorpay-event-id", "x-paystack-signature")


@dataclass(frozen=True, slots=True)
class Letter:
    """One webhook as it came: its bytes, and the headers that prove them."""

    gateway: str
    body: bytes
    headers: Mapping[str, str]

    def about(self, reference: str) -> bool:
        """Whether it speaks of our payment."""
        return reference.encode() in self.body


class Postbag:
    """A door that answers 200 and keeps what it is sent."""

    def __init__(self) -> None:
        self._letters: list[Letter] = []
        self._lock = threading.Lock()
        bag = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                sent = {name: self.headers[name] for name in SIGNED if self.headers[name]}
                bag.keep(Letter(self.path.strip("/"), body, sent))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Silence."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True
            block_on_close = False

        self.server = Server(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def keep(self, letter: Letter) -> None:
        with self._lock:
            self._letters.append(letter)

    def emptied(self) -> list[Letter]:
        """All letters that came since the last time."""
        with self._lock:
            letters, self._letters = self._letters, []
        return letters


@dataclass(frozen=True)
class Side:
    """One gateway: where its money is, how its payer pays, what its book says it holds."""

    name: str
    currencies: tuple[str, ...]
    pay: Callable[[RunningRehearsal, str], Any]
    held: Callable[[RunningRehearsal], Mapping[str, Mapping[str, int]]]

    def book(self, running: RunningRehearsal) -> dict[str, int]:
        """What the gateway says it holds of each currency, in our minor units."""
        return {
            code.upper(): _ours(self.name, code.upper(), sums["net"])
            for code, sums in self.held(running).items()
            if sums["net"]
        }


def _ours(gateway: str, currency: str, units: int) -> int:
    """From the gateway's smallest unit to ISO's, exactly."""
    per_whole = 10 ** TABLE[gateway][currency].digits
    ours = 10 ** len(f"{Money(0, currency).decimal:f}".partition(".")[2])
    minor, rest = divmod(units * ours, per_whole)
    assert rest == 0, f"{units} of {currency} at {gateway} are no whole minor units"
    return minor


SIDES = {
    "stripe": Side(
        "stripe",
        ("EUR", "JPY", "KWD", "INR", "USD"),
        pay=lambda running, page: running.client.pay(page),
        held=lambda running: running.client.stripe_book()["balance"],
    ),
    "razorpay": Side(
        "razorpay",
        ("INR",),
        pay=lambda running, page: running.client.link(page, "pay"),
        held=lambda running: running.client.razorpay_book()["totals"],
    ),
    "paystack": Side(
        "paystack",
        ("NGN", "GHS", "KES", "ZAR", "USD"),
        pay=lambda running, page: running.client.paystack(page),
        held=lambda running: running.client.paystack_book()["totals"],
    ),
}
