"""Somebody who shops over HTTP."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from commerce.models import Variant

HOME = {"name": "Ada Byron", "line1": "12 Rue des Arts", "city": "Lyon", "country": "FR"}


class Shopper:
    """A browser without a login, unless `headers` prove one."""

    def __init__(self, http: Client, **headers: str) -> None:
        self.http = http
        self.headers = headers

    def get(self, path: str, **query: str) -> HttpResponse:
        return self.http.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> HttpResponse:
        return self.http.post(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers={name.replace("_", "-"): text for name, text in headers.items()} | self.headers,
        )

    def patch(self, path: str, body: dict[str, Any]) -> HttpResponse:
        return self.http.patch(
            f"/api/v1/{path}", body, content_type="application/json", headers=self.headers
        )

    def delete(self, path: str) -> HttpResponse:
        return self.http.delete(f"/api/v1/{path}", headers=self.headers)

    def cart(self, *variants: Variant, quantity: int = 1, currency: str = "EUR") -> str:
        """The token of a cart with these in it."""
        token: str = self.post("carts/", {"currency": currency}).json()["data"]["token"]
        for variant in variants:
            answer = self.post(
                f"carts/{token}/items/", {"variant": str(variant.pk), "quantity": quantity}
            )
            assert answer.status_code == 201, answer.content
        return token

    def check_out(self, token: str, key: str = "key-1", **more: Any) -> HttpResponse:
        """Order what is in the cart."""
        body = {"gateway": "stripe", "email": "ada@example.com", "shipping_address": HOME}
        return self.post(f"carts/{token}/checkout/", body | more, Idempotency_Key=key)
