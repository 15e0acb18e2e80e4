"""How the parts of the control client talk to the server."""

from __future__ import annotations

from typing import Any

import httpx


class Steering:
    """The root of every face's control methods: one connection, refusals raised."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """One control call, its answer as JSON. Raises httpx.HTTPStatusError with the reason."""
        answer = self.http.request(method, path, json=body, params=query)
        if answer.is_error:
            raise httpx.HTTPStatusError(
                f"{method} {path}: {answer.status_code} {answer.text[:300]}",
                request=answer.request,
                response=answer,
            )
        answered: dict[str, Any] = answer.json()
        return answered
