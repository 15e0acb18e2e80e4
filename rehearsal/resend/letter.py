"""One mail in the provider's hands: what was asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from rehearsal.resend.errors import ResendRefusal

REQUIRED = ("from", "to", "subject")

# The beginning of a recipient's name decides, as Resend's own test addresses do.
FATES = {
    "bounced": ("bounced",),
    "full": ("soft_bounced",),
    "late": ("delayed", "delivered"),
    "complained": ("delivered", "complained"),
    "failed": ("failed",),
    "silent": (),
}
USUAL = ("delivered",)


@dataclass(slots=True)
class Letter:
    """`mail_id` is its copy in the mailbox; `news` are the event types told so far."""

    id: str
    payload: dict[str, Any]
    created: float
    mail_id: str
    news: list[str] = field(default_factory=list)

    @property
    def to(self) -> str:
        """The first recipient's address."""
        return parseaddr(self.payload["to"][0])[1]

    @property
    def headers(self) -> list[dict[str, str]]:
        """As webhooks show them."""
        given = self.payload.get("headers") or {}
        return [{"name": name, "value": str(value)} for name, value in given.items()]

    def as_json(self) -> dict[str, Any]:
        """For `GET /emails/<id>` and the control API."""
        return {
            "object": "email",
            "id": self.id,
            "to": self.payload["to"],
            "from": self.payload["from"],
            "subject": self.payload["subject"],
            "created_at": moment(self.created),
            "last_event": self.news[-1].partition(".")[2] if self.news else "queued",
            "news": self.news,
        }


def fate_of(address: str) -> tuple[str, ...]:
    """What happens to a mail to `address` by itself, in order."""
    name = address.lower().partition("@")[0]
    return next((fate for begin, fate in FATES.items() if name.startswith(begin)), USUAL)


def moment(at: float) -> str:
    """2026-11-30T04:20:11.123Z."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def checked(payload: Any) -> dict[str, Any]:
    """The request's JSON with `to` as a list. Raises ResendRefusal (422) as Resend does."""
    if not isinstance(payload, dict):
        raise ResendRefusal(422, "validation_error", "The body is not a JSON object.")
    for name in REQUIRED:
        if not payload.get(name):
            raise ResendRefusal(422, "missing_required_field", f"Missing `{name}` field.")
    to = payload["to"] if isinstance(payload["to"], list) else [payload["to"]]
    for address in (*to, *(payload.get("bcc") or []), *(payload.get("cc") or [])):
        if "@" not in parseaddr(str(address))[1] or "\n" in str(address):
            raise ResendRefusal(
                422,
                "validation_error",
                "Invalid `to` field. The email address needs to follow the "
                "`email@example.com` or `Name <email@example.com>` format.",
            )
    if not (payload.get("html") or payload.get("text")):
        raise ResendRefusal(422, "missing_required_field", "Missing `html` or `text` field.")
    return {**payload, "to": to}


def as_message(payload: dict[str, Any]) -> EmailMessage:
    """The mail that such a request becomes."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        payload["from"], ", ".join(payload["to"]), payload["subject"],
    )  # fmt: skip
    for name, value in (payload.get("headers") or {}).items():
        if name.lower() not in {"from", "to", "subject"}:
            mail[name] = str(value)
    if payload.get("text"):
        mail.set_content(payload["text"])
    if payload.get("html"):
        if payload.get("text"):
            mail.add_alternative(payload["html"], subtype="html")
        else:
            mail.set_content(payload["html"], subtype="html")
    return mail
