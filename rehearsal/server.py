"""A small HTTP/1.1 server for one ASGI app, in the same event loop as everything else.

Why not a ready-made server: the rehearsal must be able to break the wire on purpose (close in the
middle of a body, reset without an answer) and must stop at once even while it lets a caller hang.
h11 does all parsing; this file only moves bytes between h11, asyncio and ASGI.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import h11
from starlette.types import ASGIApp, Message, Scope

logger = logging.getLogger("rehearsal.server")

READ_BYTES = 65_536
BODY_LIMIT = 10 * 1024 * 1024  # bytes; a rehearsal never needs more
IDLE_SECONDS = 75.0


class WireBroken(Exception):
    """Raised by the app to end the connection now; `reset` drops it without a clean close."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__("connection broken on purpose")
        self.reset = reset


class BadBody(Exception):
    """The caller's body is too large or not HTTP; `status` says so."""

    def __init__(self, status: int) -> None:
        super().__init__(f"bad request body: {status}")
        self.status = status


class Exchange:
    """One request and its answer: the `receive` and `send` of an ASGI call."""

    def __init__(self, connection: Connection, request: h11.Request) -> None:
        self.connection = connection
        self.request = request
        self.body_done = False
        self.received = 0
        self.failure: BadBody | None = None
        self.started: Message | None = None
        self.head_sent = False
        self.finished = False

    def scope(self) -> Scope:
        """The ASGI scope of this request."""
        target, _, query = self.request.target.partition(b"?")
        path = unquote(target.decode("ascii", "replace"))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": self.request.http_version.decode(),
            "method": self.request.method.decode("ascii"),
            "scheme": "http",
            "path": path,
            "raw_path": target,
            "query_string": query,
            "root_path": "",
            "headers": [(bytes(name), bytes(value)) for name, value in self.request.headers],
            "client": self.connection.peer,
            "server": self.connection.here,
        }

    async def receive(self) -> Message:
        """Next piece of the request body; after the end, wait until the server stops."""
        if self.body_done:
            await asyncio.Event().wait()
        if self.connection.h11.they_are_waiting_for_100_continue:
            await self.connection.write(
                h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            )
        event = await self._next_piece()
        if isinstance(event, h11.Data):
            return {"type": "http.request", "body": bytes(event.data), "more_body": True}
        self.body_done = True
        if isinstance(event, h11.EndOfMessage):
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.disconnect"}

    async def _next_piece(self) -> Any:
        """The next event of the body; a bad one is remembered, so that no answer hides it."""
        try:
            event = await self.connection.next_event()
        except h11.RemoteProtocolError as error:
            self.failure = BadBody(error.error_status_hint)
            raise self.failure from error
        if isinstance(event, h11.Data):
            self.received += len(event.data)
            if self.received > BODY_LIMIT:
                self.failure = BadBody(413)
                raise self.failure
        return event

    async def send(self, message: Message) -> None:
        """Write the answer; the head waits for the first piece of body."""
        if self.failure is not None:
            raise self.failure
        if message["type"] == "http.response.start":
            self.started = message
            return
        if message["type"] != "http.response.body":
            return
        if not self.head_sent:
            await self._send_head()
        body = message.get("body", b"")
        if body and self.request.method != b"HEAD":
            await self.connection.write(h11.Data(data=body))
        if not message.get("more_body", False):
            self.finished = True
            if self.request.method == b"HEAD" or not self.connection.our_body_is_short():
                await self.connection.write(h11.EndOfMessage())

    async def _send_head(self) -> None:
        if self.started is None:
            raise RuntimeError("the app sent a body before its status")
        self.head_sent = True
        headers = [(bytes(n), bytes(v)) for n, v in self.started.get("headers", [])]
        await self.connection.write(
            h11.Response(status_code=self.started["status"], headers=headers)
        )


class Connection:
    """One client connection, kept alive for many exchanges."""

    def __init__(
        self, app: ASGIApp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.app = app
        self.reader = reader
        self.writer = writer
        self.h11 = h11.Connection(h11.SERVER)
        self.peer = writer.get_extra_info("peername")
        self.here = writer.get_extra_info("sockname")

    async def next_event(self) -> Any:
        """The next h11 event, reading from the socket as often as it takes."""
        while True:
            event = self.h11.next_event()
            if event is h11.NEED_DATA:
                async with asyncio.timeout(IDLE_SECONDS):
                    self.h11.receive_data(await self.reader.read(READ_BYTES))
                continue
            return event

    async def write(self, event: Any) -> None:
        """Frame one event and push it out."""
        data = self.h11.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()

    def our_body_is_short(self) -> bool:
        """True when we have already closed our side (an early refusal)."""
        return self.h11.our_state is not h11.SEND_BODY

    async def serve(self) -> None:
        """Answer requests until either side has had enough."""
        try:
            while True:
                event = await self.next_event()
                if not isinstance(event, h11.Request):
                    return
                if not await self._answer(event):
                    return
                self.h11.start_next_cycle()
        except WireBroken as broken:
            if broken.reset:
                self._reset()
        except h11.RemoteProtocolError as error:
            await self._refuse(error.error_status_hint)
        except BadBody as error:
            await self._refuse(error.status)
        except (ConnectionError, TimeoutError):
            return
        finally:
            with contextlib.suppress(Exception):
                self.writer.close()

    async def _answer(self, request: h11.Request) -> bool:
        """Run the app once; returns whether the connection may be used again."""
        exchange = Exchange(self, request)
        try:
            await self.app(exchange.scope(), exchange.receive, exchange.send)
        except (WireBroken, BadBody, ConnectionError, TimeoutError):
            raise
        except Exception:
            logger.exception("the app failed on %s", request.target.decode("ascii", "replace"))
            if not exchange.head_sent:
                await self._plain(500, b"Internal Server Error")
            return False
        if not exchange.body_done:
            await self._drain(exchange)
        return self.h11.our_state is h11.DONE and self.h11.their_state is h11.DONE

    async def _drain(self, exchange: Exchange) -> None:
        """Read what the app left unread of a request body, so the next request can follow."""
        while not exchange.body_done:
            await exchange.receive()

    async def _plain(self, status: int, text: bytes) -> None:
        headers = [
            (b"content-type", b"text/plain"),
            (b"content-length", str(len(text)).encode()),
            (b"connection", b"close"),
        ]
        await self.write(h11.Response(status_code=status, headers=headers))
        await self.write(h11.Data(data=text))
        await self.write(h11.EndOfMessage())

    async def _refuse(self, status: int) -> None:
        if self.h11.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            with contextlib.suppress(Exception):
                await self._plain(status, b"Bad Request")

    def _reset(self) -> None:
        """Close so that the other side sees a reset, not an orderly end."""
        raw = self.writer.get_extra_info("socket")
        if raw is not None:
            linger_now = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, zero seconds
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_now)
        self.writer.transport.abort()


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on an already bound socket until the block ends; hanging calls are cut off."""
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Connection(app, reader, writer).serve()
        except asyncio.CancelledError:
            writer.transport.abort()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(accept(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    server = await asyncio.start_server(accepted, sock=listener, backlog=1024)
    try:
        yield
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def bind_loopback(port: int, *, purpose: str) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 takes a free one.

    Raises OSError whose text says what to do when the port is taken.
    """
    # Naming TCP matters: asyncio switches Nagle's 40 ms waits off only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise OSError(f"Port {port} for the {purpose} is in use; choose another one.") from error
    listener.setblocking(False)
    return listener
