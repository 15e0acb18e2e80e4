"""Resend's API as django-anymail uses it: one mail a request, with idempotency keys."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.faults import STATUS_FAULT, Fault
from rehearsal.journal import Entry, Journal
from rehearsal.mail.postbox import Postbox
from rehearsal.resend.errors import ResendRefusal, told_to_fail
from rehearsal.resend.letter import Letter, as_message, checked, fate_of
from rehearsal.resend.webhooks import News

KEPT_SECONDS = 24 * 3600


class ResendApi:
    """Takes mails into the same mailbox as the mail server does."""

    def __init__(self, journal: Journal, postbox: Postbox, news: News) -> None:
        self.journal = journal
        self.postbox = postbox
        self.news = news
        self.letters: dict[str, Letter] = {}
        self.keys: dict[str, tuple[str, str]] = {}  # idempotency key: (fingerprint, letter id)
        self.refused = 0

    def routes(self) -> list[Route]:
        """Served under /resend."""
        return [
            Route("/emails", self.send, methods=["POST"]),
            Route("/emails/{letter_id}", self.show),
        ]

    async def send(self, request: Request) -> Response:
        """Take one mail, unless a fault or Resend's own rules refuse it."""
        body = await request.body()
        fault: Fault | None = request.scope.get(STATUS_FAULT)
        try:
            _check_key(request)
            if fault is not None and not fault.work:
                raise told_to_fail(fault.status, fault.retry_after)
            letter = self.take(body, request.headers.get("idempotency-key", ""))
            if fault is not None:
                raise told_to_fail(fault.status, fault.retry_after)
        except ResendRefusal as refused:
            self.refused += 1
            headers = {}
            if refused.retry_after is not None:
                headers["retry-after"] = str(refused.retry_after)
            return JSONResponse(refused.body(), refused.status, headers=headers)
        return JSONResponse({"id": letter.id})

    async def show(self, request: Request) -> Response:
        """One mail with its last event."""
        letter = self.letters.get(request.path_params["letter_id"])
        if letter is None:
            return JSONResponse(ResendRefusal(404, "not_found", "Email not found").body(), 404)
        return JSONResponse(letter.as_json())

    def take(self, body: bytes, key: str) -> Letter:
        """The letter of this request; the first one again under a known key.

        Raises ResendRefusal: 409 when the key was used for another body.
        """
        try:
            payload = checked(json.loads(body))
        except ValueError as error:
            raise ResendRefusal(422, "validation_error", "The body is not JSON.") from error
        fingerprint = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        known = self.keys.get(key) if key else None
        if known is not None:
            letter = self.letters[known[1]]
            if letter.created > time.time() - KEPT_SECONDS:
                if known[0] != fingerprint:
                    raise ResendRefusal(
                        409,
                        "invalid_idempotent_request",
                        "This idempotency key has been used with a different request payload.",
                    )
                return letter
        recipients = [*payload["to"], *(payload.get("cc") or []), *(payload.get("bcc") or [])]
        try:
            content = as_message(payload).as_bytes()
        except ValueError as error:  # a line break in a header
            raise ResendRefusal(422, "validation_error", str(error)) from error
        mail = self.postbox.take(payload["from"], recipients, content)
        letter = Letter(
            f"{secrets.token_hex(4)}-{secrets.token_hex(8)}", payload, time.time(), mail.id
        )
        self._keep(letter, key, fingerprint)
        for what in ("sent", *fate_of(letter.to)):
            self.news.tell(letter, what)
        return letter

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        letter = Letter(**entry.data["letter"])
        self.letters[letter.id] = letter
        if entry.data["key"]:
            self.keys[entry.data["key"]] = (entry.data["fingerprint"], letter.id)

    def clear(self) -> None:
        """Forget everything."""
        self.letters.clear()
        self.keys.clear()
        self.refused = 0

    def of_mail(self, mail_id: str) -> Letter | None:
        """The letter whose copy lies in the mailbox under this id."""
        return next((one for one in self.letters.values() if one.mail_id == mail_id), None)

    def _keep(self, letter: Letter, key: str, fingerprint: str) -> None:
        self.letters[letter.id] = letter
        if key:
            self.keys[key] = (fingerprint, letter.id)
        kept: dict[str, Any] = {"letter": asdict(letter), "key": key, "fingerprint": fingerprint}
        self.journal.record("resend", "letter", kept)


def _check_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ResendRefusal(401, "missing_api_key", "Missing API key in the authorization header.")
    if not key.startswith("re_"):
        raise ResendRefusal(403, "invalid_api_key", "API key is invalid")
