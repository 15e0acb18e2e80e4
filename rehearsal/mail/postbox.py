"""The mails that arrived, and reading them."""

from __future__ import annotations

import email
import email.policy
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from rehearsal.journal import Entry, Journal
from rehearsal.pages.html import Html


@dataclass(frozen=True)
class Mail:
    """One mail as it came: `raw` holds the bytes as latin-1 text, so the journal can keep them."""

    id: str
    at: float
    sender: str
    recipients: list[str]
    raw: str

    @property
    def content(self) -> bytes:
        """The message as it was sent."""
        return self.raw.encode("latin-1")

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def subject(self) -> str:
        """The subject, or ""."""
        return str(self.message.get("subject", ""))

    @property
    def text(self) -> str:
        """The plain text, or ""."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML, or ""."""
        return self._body("html")

    @property
    def attachments(self) -> list[EmailMessage]:
        """Files that came along."""
        return [part for part in self.message.iter_attachments() if isinstance(part, EmailMessage)]

    def part_with_content_id(self, content_id: str) -> EmailMessage | None:
        """The part an HTML `cid:` link means."""
        for part in self.message.walk():
            if str(part.get("content-id", "")).strip("<> ") == content_id:
                return part if isinstance(part, EmailMessage) else None
        return None

    def as_json(self, *, whole: bool = True) -> dict[str, Any]:
        """For the control API."""
        shown: dict[str, Any] = {
            "id": self.id,
            "at": self.at,
            "sender": self.sender,
            "recipients": self.recipients,
            "subject": self.subject,
            "headers": {name.lower(): str(value) for name, value in self.message.items()},
        }
        if whole:
            shown |= {
                "text": self.text,
                "html": self.html,
                "attachments": [part.get_filename() or "" for part in self.attachments],
            }
        return shown

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except (LookupError, UnicodeDecodeError):
            payload = part.get_payload(decode=True)
            return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


class Postbox:
    """All mails, newest last."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.mails: dict[str, Mail] = {}
        self.told_beside: list[Callable[[Mail], Html]] = []
        """What other faces have to say on a mail's page."""

    def take(self, sender: str, recipients: list[str], content: bytes) -> Mail:
        """Keep a mail that arrived."""
        mail = Mail(
            id=secrets.token_hex(6),
            at=time.time(),
            sender=sender,
            recipients=recipients,
            raw=content.decode("latin-1"),
        )
        self.mails[mail.id] = mail
        self.journal.record("mail", "mail", asdict(mail))
        return mail

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        self.mails[entry.data["id"]] = Mail(**entry.data)

    def find(self, to: str = "", subject: str = "") -> list[Mail]:
        """Newest first; `to` and `subject` are parts of an address and of the subject."""
        return [
            mail
            for mail in reversed(self.mails.values())
            if any(to.lower() in recipient.lower() for recipient in mail.recipients)
            and subject.lower() in mail.subject.lower()
        ]
