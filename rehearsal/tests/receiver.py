"""A shop's webhook door for tests: a real HTTP server that keeps what it is sent."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe


@dataclass(frozen=True)
class Posted:
    """One webhook as it came in."""

    body: bytes
    signature: str
    headers: dict[str, str] = field(default_factory=dict)

    def event(self, secret: str) -> Any:
        """Verified by the official SDK; raises SignatureVerificationError."""
        return stripe.Webhook.construct_event(self.body, self.signature, secret)

    @property
    def type(self) -> str:
        """The type, unverified."""
        return str(stripe.Webhook.construct_event_without_verification(self.body).type)


class Receiver:
    """Answers 200, unless other answers are queued in `answers`."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: deque[int] = deque()
        receiver = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                signature = headers.get("stripe-signature", "")
                receiver.posted.append(Posted(body, signature, headers))
                self.send_response(receiver.answers.popleft() if receiver.answers else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Silence."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True
            block_on_close = False

        self.server = Server(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/stripe/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def wait_for(self, count: int, timeout: float = 10.0) -> list[Posted]:
        """Return when `count` webhooks have come."""
        deadline = time.monotonic() + timeout
        while len(self.posted) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.posted) >= count, f"{len(self.posted)} of {count} webhooks came"
        return list(self.posted)

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
