"""What a verifier makes of a request: the few words that are stored beside the raw bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

LONGEST = 300  # characters of a key, type, subject or header that is kept


class SignatureRefused(Exception):
    """Nobody we know signed these bytes. Nothing of them is stored."""


class Headers:
    """Request headers by name, straight from a WSGI environment (Django's META is one too)."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._environ = environ

    def get(self, name: str, default: str = "") -> str:
        """The header `name`; "" when it was not sent."""
        value = self._environ.get("HTTP_" + name.upper().replace("-", "_"), default)
        return str(value)

    def as_wsgi(self) -> dict[str, Any]:
        """All of them under their WSGI names, for a library that wants a request."""
        return {
            name: value
            for name, value in self._environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }


@dataclass(frozen=True, slots=True)
class Arrival:
    """`key` is the sender's own id of the event, the same for every repetition of it.

    `type` is ours ("stripe.charge.refunded"); `subject` keeps what concerns one thing in order.
    """

    key: str
    type: str
    subject: str
    headers: dict[str, str] = field(default_factory=dict)


class Verifier(Protocol):
    """Knows one sender: its signature and its envelope. Must be quick and must not query."""

    def verify(self, headers: Headers, body: bytes) -> Arrival:
        """Read the arrival. Raises SignatureRefused, and nothing else, whatever the bytes are."""


def storable(text: str) -> str:
    """`text` as PostgreSQL can keep it: no NUL, no lone surrogate, of bounded length."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text[:LONGEST].encode("utf-8", "replace").decode()
