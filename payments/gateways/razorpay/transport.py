"""The SDK's HTTP over the house's own client: a total deadline, the breaker, guarded addresses.

The SDK (razorpay 2.0.1) hands everything to a `requests` session, so an adapter mounted there is
the whole of it. It loses the status of a refusal, prints to the terminal when a connection fails
and reads a body that is no JSON as a crash: refusals and failures are raised here, below it.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import msgspec
import requests
from requests.adapters import BaseAdapter

from core.outbound import Answer, CallFailed, OutboundClient

SERVICE = "razorpay"
REFUND_KEY_HEADER = "X-Refund-Idempotency"
REPEATABLE = ("/v1/payment_links", "/v1/customers")  # POSTs whose repetition finds the same thing


class Refused(Exception):
    """An answer that is not 2xx, with what Razorpay said of it."""

    def __init__(self, status: int, code: str, description: str, field: str) -> None:
        super().__init__(description or code or f"status {status}")
        self.status = status
        self.code = code
        self.description = description
        self.field = field


class OutboundAdapter(BaseAdapter):
    """What a `requests` session sends through. A POST is tried again only where Razorpay itself
    makes one of two, within the same deadline."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base = base_url.rstrip("/")
        self._client = OutboundClient(service=SERVICE, base_url=self._base)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        """One call; how long, by which way and trusting whom is not the SDK's to say.

        Raises Refused, OutboundError.
        """
        method = str(request.method)
        path = str(request.url).removeprefix(self._base)
        body = request.body  # JSON, or nothing
        answer = self._client.request(
            method,
            path,
            operation=operation_of(method, path),
            idempotent=may_be_repeated(method, path, request.headers),
            headers=_headers(request),
            content=body.encode() if isinstance(body, str) else None,
        )
        if not answer.ok:
            raise _refusal(answer)
        if not isinstance(answer.json(), dict):
            raise CallFailed(
                "Razorpay answered with no object.", service=SERVICE, perhaps_done=True
            )
        return _response(request, answer)

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def session(base_url: str) -> requests.Session:
    """A session that has no other way out, and no proxy, cookie or password of the machine's."""
    made = requests.Session()
    made.trust_env = False
    made.headers.clear()  # they ask for compressed answers, which are not taken
    adapter = OutboundAdapter(base_url)
    made.adapters.clear()
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


def operation_of(method: str, path: str) -> str:
    """ "POST payment_links": coarse on purpose, a breaker needs enough calls to judge by."""
    parts = path.partition("?")[0].strip("/").split("/")
    return f"{method.upper()} {parts[1] if len(parts) > 1 else parts[0]}"


def may_be_repeated(method: str, path: str, headers: Mapping[str, str | bytes]) -> bool | None:
    """Whether the same call twice does one thing; None leaves it to the method."""
    if method.upper() != "POST":
        return None
    return REFUND_KEY_HEADER in headers or path.startswith(REPEATABLE)


def _headers(request: requests.PreparedRequest) -> dict[str, str]:
    """As they may be sent: the SDK's User-Agent ends with a blank, which HTTP forbids."""
    return {
        name: (value.decode() if isinstance(value, bytes) else value).strip()
        for name, value in request.headers.items()
    }


def _refusal(answer: Answer) -> Refused:
    """Razorpay's error, read with care: gateways in between answer in HTML."""
    try:
        raw = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        raw = None
    error = raw.get("error") if isinstance(raw, dict) else None
    error = error if isinstance(error, dict) else {}
    said = [str(error.get(name) or "") for name in ("code", "description", "field")]
    return Refused(answer.status, *said)


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(answer.headers)
    response.raw = BytesIO(answer.body)
    response.encoding = "utf-8"
    response.url = str(request.url)
    response.request = request
    return response
