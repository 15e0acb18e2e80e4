"""A load generator without dependencies: many kept-alive connections, requests made beforehand."""

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Load:
    """What came of a run."""

    seconds: float
    answers: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return self.answers.get(200, 0) / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in milliseconds that `share` (0 to 1) of the answers stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


class _Line:
    """One connection and the answer it waits for."""

    __slots__ = ("received", "sent_at", "sock")

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.sock.sendall(request)

    def answer(self) -> int | None:
        """The status once the answer is whole, None before."""
        part = self.sock.recv(1 << 20)
        if not part:
            raise ConnectionError("The server hung up.")
        self.received += part
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return None
        self.received = b""
        return int(head[9:12])


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def drive(port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Load:
    """Keep every connection busy until time or requests run out."""
    lines = [_Line(port) for _ in range(connections)]
    load = Load(seconds)
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line.sock, selectors.EVENT_READ, line)
            line.send(next(requests))
        began = time.perf_counter()
        until = began + seconds
        while (now := time.perf_counter()) < until:
            for key, _ in ready.select(timeout=until - now):
                status = key.data.answer()
                if status is None:
                    continue
                load.answers[status] = load.answers.get(status, 0) + 1
                load.latencies.append(time.perf_counter() - key.data.sent_at)
                request = next(requests, None)
                if request is None:
                    load.seconds = time.perf_counter() - began
                    return load
                key.data.send(request)
        load.seconds = time.perf_counter() - began
    for line in lines:
        line.sock.close()
    return load


@contextmanager
def waited_for(port: int, *, seconds: float = 60.0) -> Iterator[None]:
    """Go on as soon as something listens on the port."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    yield
