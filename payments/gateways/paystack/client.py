"""Paystack's API over the house's own HTTP client: no SDK, a Bearer key, one breaker per kind."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core.outbound import OutboundClient, OutboundError
from payments.gateways.interface import GatewayError
from payments.gateways.paystack.errors import data_of, no_answer
from payments.gateways.reading import Raw

SERVICE = "paystack"
PAGE = 100  # the most Paystack gives at once


class PaystackClient:
    """Calls with one key. Every method raises GatewayError, and nothing else."""

    def __init__(self, *, key: str, api_base: str) -> None:
        self._headers = {"Authorization": f"Bearer {key}"}
        self._http = OutboundClient(service=SERVICE, base_url=api_base)

    def get(self, path: str, **query: Any) -> Any:
        """The `data` of an answer."""
        return self._call("GET", path, params=query or None)["data"]

    def post(self, path: str, body: Raw) -> Any:
        """The `data` of an answer, None where there is none. Never tried twice by itself:
        Paystack knows no idempotency keys."""
        return self._call("POST", path, json=body).get("data")

    def listed(
        self, path: str, query: Mapping[str, str], *, pages: int | None = None
    ) -> Iterator[Raw]:
        """Every object of a list, newest first, page by page; `pages` at most."""
        number = 1
        while pages is None or number <= pages:
            said = self._call("GET", path, params={**query, "perPage": PAGE, "page": number})
            rows = said["data"]
            if not isinstance(rows, list):
                raise GatewayError("Paystack's list cannot be read.", retryable=True)
            yield from (row for row in rows if isinstance(row, dict))
            if len(rows) < PAGE:
                return
            number += 1

    def _call(self, method: str, path: str, **sent: Any) -> Raw:
        try:
            answer = self._http.request(
                method, path, operation=_operation(method, path), headers=self._headers, **sent
            )
        except OutboundError as error:
            no_answer(error)
        said: Raw = data_of(answer)
        if method == "GET" and "data" not in said:
            raise GatewayError("Paystack's answer cannot be read.", retryable=True)
        return said


def between(since: datetime, until: datetime) -> dict[str, str]:
    """The `from` and `to` of a list. Paystack counts both ends; callers leave out the last."""
    return {"from": since.isoformat(), "to": until.isoformat()}


def _operation(method: str, path: str) -> str:
    """ "GET transaction": coarse on purpose, a breaker needs enough calls to judge by."""
    return f"{method} {path.strip('/').split('/')[0]}"
