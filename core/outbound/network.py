"""Connections to guarded addresses, every step of them under the call's deadline."""

import ssl
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

import httpcore

from core.outbound.addresses import Guard
from core.outbound.deadline import capped

RESOLVE_SECONDS = 2.0  # the system resolver itself would wait up to half a minute
PIECE = 16_384  # bytes written per step, so that a slow reader meets the deadline

_resolvers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="outbound-dns")


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name itself, judges what it got and connects to exactly that.

    TLS and the Host header keep the name: httpcore takes them from the URL, not from here.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; each is guarded. Raises AddressRefused."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address.")
        for address in self._resolve(host, port):
            try:
                stream = self._plain.connect_tcp(
                    address, port, _capped(timeout, httpcore.ConnectTimeout), local_address,
                    socket_options,
                )  # fmt: skip
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return DeadlineStream(stream)
        raise failure

    def _resolve(self, host: str, port: int) -> list[str]:
        waiting = _resolvers.submit(self._guard.addresses, host, port)
        try:
            return waiting.result(timeout=_capped(RESOLVE_SECONDS, httpcore.ConnectTimeout))
        except FutureTimeout:
            raise httpcore.ConnectTimeout(f"The name {host} was not resolved in time.") from None
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: {error}") from error


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose reads and writes together end with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is."""
        return self._stream.read(max_bytes, _capped(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write in pieces."""
        view = memoryview(buffer)
        for start in range(0, len(buffer), PIECE):
            limit = _capped(timeout, httpcore.WriteTimeout)
            self._stream.write(bytes(view[start : start + PIECE]), limit)

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands as `server_hostname`."""
        limit = _capped(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the socket (is it still open ...)."""
        return self._stream.get_extra_info(info)


def _capped(timeout: float | None, otherwise: type[Exception]) -> float:
    try:
        return capped(timeout)
    except TimeoutError as over:
        raise otherwise(str(over)) from None
