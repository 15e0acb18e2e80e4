"""Small badly behaved servers on loopback, one function per connection."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, bytes], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Server:
    """A listening server; `requests` are the heads it was sent."""

    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def server(behave: Behaviour) -> Iterator[Server]:
    """Answers each request as `behave(connection, head)` does, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    made = Server(listener.getsockname()[1])
    open_ones: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while head := read_head(connection):
                made.requests.append(head)
                behave(connection, head)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                open_ones.append(connection)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield made
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in open_ones:
            one.close()


def read_head(connection: socket.socket) -> bytes:
    """One request without its body (tests send small ones in one piece)."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        received += piece
    return received


def answering(*answers: bytes) -> Behaviour:
    """Each request gets the next answer; the last one for ever."""
    left = list(answers)

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return behave


def status(code: int, headers: str = "") -> bytes:
    return f"HTTP/1.1 {code} X\r\nContent-Length: 0\r\n{headers}\r\n".encode()


def hanging(connection: socket.socket, _: bytes) -> None:
    """Takes the request and never answers."""
    time.sleep(60)


def dripping(connection: socket.socket, _: bytes) -> None:
    """One byte every tenth of a second, for ever: no single read ever times out."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


def dripping_head(connection: socket.socket, _: bytes) -> None:
    """The same, in the middle of a header."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


def endless(connection: socket.socket, _: bytes) -> None:
    """A gigabyte."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    piece = b"x" * 65_536
    for _ in range(16_384):
        connection.sendall(piece)
