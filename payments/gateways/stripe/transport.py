"""The SDK's HTTP over the house's own client: a total deadline, the breaker, guarded addresses."""

from collections.abc import Mapping
from typing import Any, NoReturn

import stripe

from core.outbound import CallFailed, OutboundClient, OutboundError

SERVICE = "stripe"


class OutboundTransport(stripe.HTTPClient):
    """What stripe.StripeClient takes as `http_client`.

    A POST is tried again only under an idempotency key, within the same deadline.
    """

    name = "tradewind-outbound"

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base = base_url.rstrip("/")
        self._client = OutboundClient(service=SERVICE, base_url=self._base)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """One call. Raises stripe.APIConnectionError when there is no usable answer."""
        sent = dict(headers or {})
        path = url.removeprefix(self._base)
        try:
            answer = self._client.request(
                method,
                path,
                operation=operation_of(method, path),
                idempotent=True if "Idempotency-Key" in sent else None,
                headers=sent,
                content=post_data.encode() if isinstance(post_data, str) else post_data,
            )
        except OutboundError as error:
            _no_connection(error)
        return answer.text, answer.status, answer.headers

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def operation_of(method: str, path: str) -> str:
    """ "POST checkout": coarse on purpose, a breaker needs enough calls to judge by."""
    parts = path.partition("?")[0].strip("/").split("/")
    return f"{method.upper()} {parts[1] if len(parts) > 1 else parts[0]}"


def _no_connection(error: OutboundError) -> NoReturn:
    retryable = isinstance(error, CallFailed) and error.retryable
    raise stripe.APIConnectionError(str(error), should_retry=retryable) from error
