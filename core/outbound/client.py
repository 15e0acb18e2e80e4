"""The outbound HTTP client. One per outside service, made once, shared by threads."""

import os
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpcore
import httpx
import structlog

from core.outbound.addresses import Guard, Resolver, check_url, port_of, resolve
from core.outbound.answer import Answer
from core.outbound.breaker import Breaker, State, Store
from core.outbound.breaker_stores import SharedStore
from core.outbound.deadline import deadline
from core.outbound.errors import AddressRefused, CallFailed, CircuitOpen
from core.outbound.retries import IDEMPOTENT_METHODS, Budget, with_retries
from core.outbound.transport import GuardedTransport

logger = structlog.get_logger(__name__)

INTERACTIVE = 9.0  # seconds for the whole call while a person waits: answered within ten
BACKGROUND = 30.0  # seconds for the whole call in a worker
CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
BODY_CAP = 1_048_576  # bytes of an answer, unless a client is made for larger ones
TIMEOUTS = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS).as_dict()
HEADERS = {"User-Agent": "Tradewind/1", "Accept": "*/*", "Accept-Encoding": "identity"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
NEVER_SENT = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout)
NETWORK_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)

_breakers = SharedStore()


def resting(service: str, operation: str) -> float:
    """For how many seconds calls to an operation fail at once, because the service stopped
    answering; 0.0 when it may be called. Nothing is called to find out."""
    state, left = _breakers.look(f"{service}:{operation}")
    return left if state is State.COOLING else 0.0


class OutboundClient:
    """Calls to one outside service.

        stripe = OutboundClient(service="stripe", base_url=settings.STRIPE_API_BASE)
        answer = stripe.request("GET", "/v1/charges/ch_1", operation="charge")

    With `base_url` only paths below it can be called, and a base on this machine (the rehearsal)
    is trusted as configured. Without it, absolute https URLs that people typed are called, each
    guarded. Redirects are not followed, cookies not kept, compressed answers not accepted.
    """

    def __init__(
        self,
        *,
        service: str,
        base_url: str = "",
        deadline_seconds: float = INTERACTIVE,
        body_cap: int = BODY_CAP,
        resolver: Resolver = resolve,
        breakers: Store | None = None,
    ) -> None:
        self.service = service
        self.base_url = httpx.URL(base_url) if base_url else None
        self.deadline_seconds = deadline_seconds
        self.body_cap = body_cap
        self._guard = Guard(trusted=_own_machine(self.base_url), resolver=resolver)
        if self.base_url is not None:
            check_url(self.base_url, self._guard)
        self._breakers = breakers or _breakers
        self._budget = Budget()
        self._lock = threading.Lock()
        self._transport: GuardedTransport | None = None
        self._pid = 0

    def request(
        self,
        method: str,
        url: str,
        *,
        operation: str,
        idempotent: bool | None = None,
        deadline_seconds: float | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        """One call, whatever it takes, within the deadline. Every status is an answer.

        `operation` names it in logs and for the breaker ("refund", "list orders"). Only calls
        that may be made twice are tried again: GET, PUT, DELETE, or `idempotent=True` for a POST
        with an idempotency key. Raises CallFailed, CircuitOpen, AddressRefused.
        """
        method = method.upper()
        breaker = Breaker(self.service, operation, self._breakers)
        request = httpx.Request(
            method,
            self._target(url),
            headers=HEADERS | dict(headers or {}),
            params=params,
            json=json,
            data=data,
            content=content,
            extensions={"timeout": TIMEOUTS},
        )
        if auth is not None:
            request = next(httpx.BasicAuth(*auth).auth_flow(request))

        def attempt(number: int) -> Answer:
            return self._attempt(request, breaker, operation=operation, number=number)

        with deadline(deadline_seconds or self.deadline_seconds):
            return with_retries(
                attempt,
                idempotent=method in IDEMPOTENT_METHODS if idempotent is None else idempotent,
                budget=self._budget,
            )

    def close(self) -> None:
        """Hang up; the next call connects anew."""
        with self._lock:
            if self._transport is not None and self._pid == os.getpid():
                self._transport.close()
            self._transport = None

    def _target(self, url: str) -> httpx.URL:
        if self.base_url is None:
            return check_url(url, self._guard)
        path = url.partition("?")[0]
        if not path.startswith("/") or path.startswith("//") or ".." in path.split("/"):
            raise AddressRefused(f"{self.service} is called by paths below {self.base_url.host}.")
        return self.base_url.copy_with(
            raw_path=self.base_url.raw_path.rstrip(b"/") + httpx.URL(url).raw_path
        )

    def _connections(self) -> GuardedTransport:
        """One pool per process: a forked worker must not share its parent's sockets."""
        with self._lock:
            if self._transport is None or self._pid != os.getpid():
                self._pid = os.getpid()
                self._transport = GuardedTransport(self._guard)
            return self._transport

    def _attempt(
        self, request: httpx.Request, breaker: Breaker, *, operation: str, number: int
    ) -> Answer:
        """One try, counted by the breaker and written to the log (no paths, bodies or secrets)."""
        log = logger.bind(
            service=self.service,
            operation=operation,
            method=request.method,
            host=request.url.host,
            attempt=number,
        )
        try:
            probe = breaker.enter()
        except CircuitOpen:
            log.warning("outbound.refused_by_breaker")
            raise
        began = time.perf_counter()
        failed = True
        try:
            answer = self._exchange(request, began)
            failed = answer.status >= 500
        except AddressRefused as refused:
            failed = False
            log.warning("outbound.address_refused", reason=refused.message)
            raise
        except CallFailed as error:
            log.warning("outbound.failed", error=error.message, ms=_milliseconds(began))
            raise
        finally:
            breaker.leave(failed=failed, probe=probe)
        log.info(
            "outbound.call", status=answer.status, ms=answer.milliseconds, size=len(answer.body)
        )
        return answer

    def _exchange(self, request: httpx.Request, began: float) -> Answer:
        try:
            response = self._connections().handle_request(request)
            try:
                body = self._read(response)
            finally:
                response.close()
        except NETWORK_FAILURES as error:
            raise CallFailed(
                f"{self.service} did not answer ({type(error).__name__}).",
                service=self.service,
                perhaps_done=not isinstance(error, NEVER_SENT),
            ) from error
        return Answer(
            self.service, response.status_code, response.headers, body, _milliseconds(began)
        )

    def _read(self, response: httpx.Response) -> bytes:
        """The body up to the cap. Compression was not offered; a bomb is not unpacked."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self._spoiled("a compressed answer nobody asked for")
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > self.body_cap:
                raise self._spoiled(f"more than {self.body_cap} bytes")
        return bytes(body)

    def _spoiled(self, what: str) -> CallFailed:
        return CallFailed(
            f"{self.service} sent {what}.",
            service=self.service,
            perhaps_done=True,
            retryable=False,
        )


def _own_machine(base: httpx.URL | None) -> frozenset[str]:
    """A configured base on this machine is meant: the rehearsal plays the outside there."""
    if base is None or base.host not in LOOPBACK:
        return frozenset()
    return frozenset({f"{base.host}:{port_of(base)}"})


def _milliseconds(began: float) -> int:
    return int((time.perf_counter() - began) * 1000)
