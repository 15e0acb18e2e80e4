"""A person who buys, over HTTP only."""

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.product import Product

PASSWORD = "correct-horse-battery-staple"
ADDRESS = {
    "name": "Ada Buyer",
    "line1": "1 Harbour Street",
    "line2": "",
    "city": "Rotterdam",
    "region": "",
    "postal_code": "3011 AA",
    "country": "NL",
}


def until(look: Callable[[], Any], *, seconds: float = 30.0, what: str = "it") -> Any:
    """The first true answer of `look`; AssertionError when none came in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.15)
    raise AssertionError(f"{what} did not happen within {seconds} s.")


@dataclass
class Shopper:
    """Registers, confirms, logs in, fills a cart, checks out, pays."""

    product: Product
    email: str = field(default_factory=lambda: f"ada-{uuid.uuid4().hex[:10]}@example.com")
    access: str = ""

    def call(self, method: str, path: str, *, expect: int = 200, **options: Any) -> Any:
        """The `data` of an answer with the expected status."""
        headers = options.pop("headers", {})
        if self.access:
            headers = {"Authorization": f"Bearer {self.access}"} | headers
        answer = self.product.http.request(method, f"/api/v1/{path}", headers=headers, **options)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        body = answer.json()
        assert body["requestId"] == answer.headers["X-Request-ID"]
        return body.get("data")

    def sign_up(self) -> None:
        """Register, confirm the address with the link from the mail, log in."""
        self.call(
            "POST", "auth/registration/", expect=201,
            json={"email": self.email, "password1": PASSWORD, "password2": PASSWORD},
        )  # fmt: skip
        (mail,) = self.product.rehearsal.wait_for_mail(to=self.email)
        link = re.search(r"https?://\S*?(?:key=|/)([A-Za-z0-9:_-]{20,})", mail["text"])
        assert link is not None, mail["text"]
        self.call("POST", "auth/email/verify/", json={"key": link[1]})
        told = self.call("POST", "auth/login/", json={"email": self.email, "password": PASSWORD})
        self.access = told["access"]

    def fill_cart(self, *, variant: str, currency: str, quantity: int = 2) -> str:
        """A cart's token with so many of one thing in it."""
        token = self.call("POST", "carts/", expect=201, json={"currency": currency})["token"]
        self.call(
            "POST", f"carts/{token}/items/", expect=201,
            json={"variant": variant, "quantity": quantity},
        )  # fmt: skip
        return str(token)

    def check_out(
        self, token: str, *, key: str | None = None, expect: int = 201, gateway: str = "stripe"
    ) -> Any:
        """The order and its payment."""
        return self.call(
            "POST", f"carts/{token}/checkout/", expect=expect,
            headers={"Idempotency-Key": key or uuid.uuid4().hex},
            json={"gateway": gateway, "email": self.email, "shipping_address": ADDRESS},
        )  # fmt: skip

    def pay(self, authorization_url: str) -> None:
        """Open the hosted page and press Pay, as a browser without JavaScript does."""
        with httpx.Client(timeout=30, trust_env=False) as browser:
            page = browser.get(authorization_url)
            assert 'id="pay"' in page.text
            answer = browser.post(authorization_url, data={"email": self.email, "action": "pay"})
            assert answer.status_code == 303, answer.text


def something_to_buy(product: Product, currency: str = "") -> tuple[str, str]:
    """A variant in stock and a currency it is sold in, from the public catalogue."""
    listed = product.http.get("/api/v1/products/", params={"limit": 25}).json()["data"]
    for item in listed:
        for variant in item["variants"]:
            for price in variant["prices"]:
                if not currency or price["currency"] == currency:
                    return variant["id"], price["currency"]
    raise AssertionError("The demo catalogue is empty.")
