"""Steers a running rehearsal from tests and scripts, over HTTP."""

from __future__ import annotations

import time
from typing import Any, Self

import httpx

from rehearsal.ecb.client import EcbSteering
from rehearsal.paystack.client import PaystackSteering
from rehearsal.razorpay.client import RazorpaySteering
from rehearsal.resend.client import ResendSteering
from rehearsal.stripe.client import StripeSteering


class Rehearsal(StripeSteering, RazorpaySteering, PaystackSteering, ResendSteering, EcbSteering):
    """The control API as methods. Every refusal of the server is raised as httpx.HTTPStatusError.

    What only one face knows is in that face's `client.py`, a class beside `StripeSteering`.

    `base_url` is the address of the rehearsal; `smtp_host` and `smtp_port` say where mail goes.
    """

    def __init__(self, base_url: str, smtp_port: int = 0) -> None:
        base_url = base_url.rstrip("/")
        super().__init__(httpx.Client(base_url=base_url, timeout=30, trust_env=False))
        self.base_url = base_url
        self.stripe_base = f"{self.base_url}/stripe"
        self.razorpay_base = f"{self.base_url}/razorpay"
        self.paystack_base = f"{self.base_url}/paystack"
        self.resend_base = f"{self.base_url}/resend/"
        self.ecb_base = f"{self.base_url}/ecb"
        self.fcm_base = f"{self.base_url}/fcm"
        self.smtp_host = "127.0.0.1"
        self.smtp_port = smtp_port

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.http.close()

    # ---------------------------------------------------------------- all faces

    def overview(self) -> dict[str, Any]:
        """What runs and what it holds."""
        return self.call("GET", "/control/")

    def reset(self, *, books: bool = True) -> None:
        """End all faults; with `books` forget everything that happened."""
        self.call("POST", "/control/reset", {"books": books})

    def add_fault(self, kind: str, **what: Any) -> int:
        """Make API calls go wrong: kind delay, status, hang, lost_answer, cut, drip.

        what: face, method, path (glob under the face, "/v1/*"), times, rate, seconds, status,
        work (status: fail after doing the work), retry_after, code (fcm). Returns the fault's id.
        """
        return int(self.call("POST", "/control/faults", {"kind": kind, **what})["id"])

    def faults(self) -> list[dict[str, Any]]:
        """API faults now set, with how often each has hit."""
        found: list[dict[str, Any]] = self.call("GET", "/control/faults")["faults"]
        return found

    def clear_faults(self) -> None:
        """End all API faults."""
        self.call("DELETE", "/control/faults")

    # ---------------------------------------------------------------- webhooks

    def send_webhooks_to(
        self, url: str, *, secret: str | None = None, face: str = "stripe", **more: Any
    ) -> None:
        """Set the endpoint; more: events=[...] (None: all types)."""
        wanted = {"url": url, **({"secret": secret} if secret is not None else {}), **more}
        self.call("PUT", f"/control/{face}/endpoint", wanted)

    def webhook_faults(self, *, face: str = "stripe", **faults: Any) -> dict[str, Any]:
        """Set some of: duplicate, hold, delay, drop, tamper, wrong_secret, old_timestamp, seed."""
        return self.call("PUT", f"/control/{face}/webhook-faults", faults)

    def end_webhook_faults(self, *, face: str = "stripe") -> None:
        """Webhooks behave again; held ones go out."""
        self.call("DELETE", f"/control/{face}/webhook-faults")

    def release_webhooks(self, *, face: str = "stripe") -> int:
        """Let held webhooks go in random order; returns how many."""
        return int(self.call("POST", f"/control/{face}/release")["released"])

    def deliveries(self, **query: str) -> list[dict[str, Any]]:
        """Webhooks sent, oldest first; query: face, type, state, message, body."""
        found: list[dict[str, Any]] = self.call("GET", "/control/deliveries", query=query)[
            "deliveries"
        ]
        return found

    def resend(self, delivery_id: str) -> None:
        """Send one delivery again."""
        self.call("POST", f"/control/deliveries/{delivery_id}/resend")

    def wait_until_sent(self, timeout: float = 10.0) -> None:
        """Return when no webhook is on its way; TimeoutError after `timeout` seconds."""
        answer = self.http.get(
            "/control/deliveries/idle", params={"timeout": timeout}, timeout=timeout + 10
        )
        if answer.status_code == 409:
            raise TimeoutError("webhooks are still on their way")
        answer.raise_for_status()

    # ---------------------------------------------------------------- mail and push

    def mails(self, *, to: str = "", subject: str = "") -> list[dict[str, Any]]:
        """Mails newest first."""
        found: list[dict[str, Any]] = self.call(
            "GET", "/control/mail/", query={"to": to, "subject": subject}
        )["mails"]
        return found

    def wait_for_mail(
        self, *, to: str, subject: str = "", count: int = 1, timeout: float = 30.0
    ) -> list[dict[str, Any]]:
        """Return as soon as `count` mails are there; TimeoutError otherwise."""
        deadline = time.monotonic() + timeout
        while len(found := self.mails(to=to, subject=subject)) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} of {count} mails to {to!r} after {timeout} s")
            time.sleep(0.05)
        return found

    def mail_fault(self, kind: str, **what: Any) -> None:
        """kind reject (code, text, at "rcpt"/"data"), delay (seconds), drop; what: to, times."""
        self.call("POST", "/control/mail/faults", {"kind": kind, **what})

    def firebase_credentials(self) -> dict[str, Any]:
        """A service account for firebase-admin that points here."""
        return self.call("GET", "/control/fcm/credentials")

    def pushes(self, **query: str) -> list[dict[str, Any]]:
        """Push messages, oldest first; query: token, result."""
        found: list[dict[str, Any]] = self.call("GET", "/control/fcm/messages", query=query)[
            "messages"
        ]
        return found

    def push_topics(self) -> dict[str, list[str]]:
        """Who joined which topic."""
        return self.call("GET", "/control/fcm/topics")
