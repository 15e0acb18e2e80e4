"""Steers a running rehearsal from tests and scripts, over HTTP."""

from __future__ import annotations

import time
from typing import Any, Self

import httpx


class Rehearsal:
    """The control API as methods. Every refusal of the server is raised as httpx.HTTPStatusError.

    `base_url` is the address of the rehearsal; `smtp_host` and `smtp_port` say where mail goes.
    """

    def __init__(self, base_url: str, smtp_port: int = 0) -> None:
        self.base_url = base_url.rstrip("/")
        self.stripe_base = f"{self.base_url}/stripe"
        self.fcm_base = f"{self.base_url}/fcm"
        self.smtp_host = "127.0.0.1"
        self.smtp_port = smtp_port
        self.http = httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)

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
        return self._call("GET", "/control/")

    def reset(self, *, books: bool = True) -> None:
        """End all faults; with `books` forget everything that happened."""
        self._call("POST", "/control/reset", {"books": books})

    def add_fault(self, kind: str, **what: Any) -> int:
        """Make API calls go wrong: kind delay, status, hang, lost_answer, cut, drip.

        what: face, method, path (glob under the face, "/v1/*"), times, rate, seconds, status,
        work (status: fail after doing the work), retry_after. Returns the fault's id.
        """
        return int(self._call("POST", "/control/faults", {"kind": kind, **what})["id"])

    def faults(self) -> list[dict[str, Any]]:
        """API faults now set, with how often each has hit."""
        found: list[dict[str, Any]] = self._call("GET", "/control/faults")["faults"]
        return found

    def clear_faults(self) -> None:
        """End all API faults."""
        self._call("DELETE", "/control/faults")

    # ---------------------------------------------------------------- webhooks

    def send_webhooks_to(
        self, url: str, *, secret: str | None = None, face: str = "stripe", **more: Any
    ) -> None:
        """Set the endpoint; more: events=[...] (None: all types)."""
        wanted = {"url": url, **({"secret": secret} if secret is not None else {}), **more}
        self._call("PUT", f"/control/{face}/endpoint", wanted)

    def webhook_faults(self, *, face: str = "stripe", **faults: Any) -> dict[str, Any]:
        """Set some of: duplicate, hold, delay, drop, tamper, wrong_secret, old_timestamp, seed."""
        return self._call("PUT", f"/control/{face}/webhook-faults", faults)

    def end_webhook_faults(self, *, face: str = "stripe") -> None:
        """Webhooks behave again; held ones go out."""
        self._call("DELETE", f"/control/{face}/webhook-faults")

    def release_webhooks(self, *, face: str = "stripe") -> int:
        """Let held webhooks go in random order; returns how many."""
        return int(self._call("POST", f"/control/{face}/release")["released"])

    def deliveries(self, **query: str) -> list[dict[str, Any]]:
        """Webhooks sent, oldest first; query: face, type, state, message, body."""
        found: list[dict[str, Any]] = self._call("GET", "/control/deliveries", query=query)[
            "deliveries"
        ]
        return found

    def resend(self, delivery_id: str) -> None:
        """Send one delivery again."""
        self._call("POST", f"/control/deliveries/{delivery_id}/resend")

    def wait_until_sent(self, timeout: float = 10.0) -> None:
        """Return when no webhook is on its way; TimeoutError after `timeout` seconds."""
        answer = self.http.get(
            "/control/deliveries/idle", params={"timeout": timeout}, timeout=timeout + 10
        )
        if answer.status_code == 409:
            raise TimeoutError("webhooks are still on their way")
        answer.raise_for_status()

    # ---------------------------------------------------------------- Stripe

    def pay(self, session_id: str, *, email: str | None = None) -> dict[str, Any]:
        """Press Pay on the session's page; returns the session."""
        return self._call("POST", f"/control/stripe/sessions/{session_id}/pay", {"email": email})

    def decline(self, session_id: str) -> dict[str, Any]:
        """Press Decline."""
        return self._call("POST", f"/control/stripe/sessions/{session_id}/decline", {})

    def promise(self, session_id: str) -> dict[str, Any]:
        """Pay by a slow method: complete, not paid until `arrive` or `bounce`."""
        return self._call("POST", f"/control/stripe/sessions/{session_id}/promise", {})

    def arrive(self, session_id: str) -> dict[str, Any]:
        """The promised money is there."""
        return self._call("POST", f"/control/stripe/sessions/{session_id}/arrive", {})

    def bounce(self, session_id: str) -> dict[str, Any]:
        """The promised money will not come."""
        return self._call("POST", f"/control/stripe/sessions/{session_id}/bounce", {})

    def expire(self, session_id: str) -> dict[str, Any]:
        """Let the session run out now."""
        return self._call("POST", f"/control/stripe/sessions/{session_id}/expire", {})

    def emit_stripe_event(
        self, event_type: str, obj: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        """Send any event with the given object; more: previous_attributes, id. Returns it."""
        wanted = {"type": event_type, "object": obj, **more}
        return self._call("POST", "/control/stripe/events", wanted)

    def emit_stripe_events(self, events: list[dict[str, Any]]) -> list[str]:
        """Send many at once, each {"type", "object", "id"?}; returns their ids."""
        made: list[str] = self._call("POST", "/control/stripe/events", {"events": events})["ids"]
        return made

    def stripe_book(self) -> dict[str, Any]:
        """The gateway's own ledger: charges, refunds, balance_transactions, totals per currency."""
        return self._call("GET", "/control/stripe/book")

    # ---------------------------------------------------------------- mail and push

    def mails(self, *, to: str = "", subject: str = "") -> list[dict[str, Any]]:
        """Mails newest first."""
        found: list[dict[str, Any]] = self._call(
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
        self._call("POST", "/control/mail/faults", {"kind": kind, **what})

    def firebase_credentials(self) -> dict[str, Any]:
        """A service account for firebase-admin that points here."""
        return self._call("GET", "/control/fcm/credentials")

    def pushes(self, **query: str) -> list[dict[str, Any]]:
        """Push messages, oldest first; query: token, result."""
        found: list[dict[str, Any]] = self._call("GET", "/control/fcm/messages", query=query)[
            "messages"
        ]
        return found

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        answer = self.http.request(method, path, json=body, params=query)
        if answer.is_error:
            raise httpx.HTTPStatusError(
                f"{method} {path}: {answer.status_code} {answer.text[:300]}",
                request=answer.request,
                response=answer,
            )
        answered: dict[str, Any] = answer.json()
        return answered
